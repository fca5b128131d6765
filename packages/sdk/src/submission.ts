/** A submission under an idempotency key, so that sending it again makes no second job. */
import type { Request } from "./Http.ts"
import type { ChatParams } from "./wire.ts"

/** 128 random bits. Not `randomUUID`, which pages without TLS do not have. */
const freshKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")

export const submissionOf = (body: ChatParams & { readonly stream?: boolean }, own: string | undefined) => {
  // Once: the control plane knows a request again by its bytes.
  const text = JSON.stringify(body)
  let key = own ?? freshKey()
  return {
    request: (): Request => ({
      method: "POST",
      path: "/api/v1/jobs",
      body: text,
      headers: { "idempotency-key": key }
    }),
    /** After an error that tells that its job is over: a new key, or whether the caller's own may yet do. */
    renew: (code: string): boolean => {
      if (own === undefined) key = freshKey()
      return own === undefined || code === "no_capacity"
    }
  }
}
