/** Who may make which key. Pure; `undefined` where nothing is against it. */
import type { CreateApiKey } from "@infernet/contract/Account"
import type { Caller } from "@infernet/contract/api/Authorization"
import { BadRequest, Forbidden } from "@infernet/contract/ApiError"
import type { AccountId, ApiKeyId } from "@infernet/contract/Id"
import { type AskedLimits, limitNames, type Limits } from "@infernet/contract/Limits"
import { askedOf } from "@infernet/routing/names/asked"
import { DateTime } from "effect"

export type By = Caller["Service"]

/** A key in an application must not be the way to all that its account may do. */
export const deniesManaging = ({ key }: By): Forbidden | undefined => {
  if (key === undefined || key.models === null) return undefined
  return new Forbidden({
    error_message: `this key is for ${key.models.join(", ")} only: manage your account with one that is for all models`
  })
}

export const deniesAccount = ({ account, role }: By, asked: AccountId | undefined): Forbidden | undefined =>
  asked === undefined || asked === account || role === "admin"
    ? undefined
    : new Forbidden({ error_message: "keys of another account are an administrator's to see and make" })

/** The limits by which a key may ask for less than keys usually may: it was given them to be kept to them. */
export const ownLimits = (limits: Limits, usual: Limits): AskedLimits =>
  Object.fromEntries(
    limitNames.flatMap((name) => {
      const [own, other] = [limits[name], usual[name]]
      return own !== null && (other === null || own < other) ? [[name, own]] : []
    })
  )

/** `parent`: the limits of its own of the key that makes it, which makes none that may ask for more. */
export const deniesWider = (asked: AskedLimits, parent: AskedLimits): BadRequest | undefined => {
  for (const name of limitNames) {
    const [wanted, limit] = [asked[name], parent[name]]
    if (wanted === undefined || limit === undefined || limit === null) continue
    if (wanted !== null && wanted <= limit) continue
    const field = `limits.${name}`
    const error_message = `${field}: the key that asks may have ${limit} itself, and makes none that may have more`
    return new BadRequest({ field, error_message })
  }
  return undefined
}

/** `most`: what the account itself may. */
export const deniesLimits = (asked: AskedLimits, most: Limits): BadRequest | undefined => {
  for (const name of limitNames) {
    const [wanted, limit] = [asked[name], most[name]]
    if (wanted === undefined || limit === null || (wanted !== null && wanted <= limit)) continue
    const field = `limits.${name}`
    return new BadRequest({ field, error_message: `${field}: this account may have ${limit} at most` })
  }
  return undefined
}

/** `parent`: when the key that makes it expires, if it does. */
export const deniesExpiry = (
  { expires_at: asked }: CreateApiKey,
  parent: DateTime.Utc | null,
  now: DateTime.Utc
): BadRequest | undefined => {
  const field = "expires_at"
  if (asked === undefined) return undefined
  if (DateTime.isLessThanOrEqualTo(asked, now)) {
    return new BadRequest({ field, error_message: `${field}: expected a time to come` })
  }
  return parent === null || DateTime.isLessThanOrEqualTo(asked, parent)
    ? undefined
    : new BadRequest({
        field,
        error_message: `${field}: the key that asks expires at ${DateTime.formatIso(parent)}, and makes none that outlives it`
      })
}

/** One name for each, however it was spelled. */
export const modelsOf = (asked: CreateApiKey["models"]): ReadonlyArray<string> | null =>
  asked === undefined ? null : [...new Set(asked.map((name) => askedOf(name).model))]

/** A key may always end itself. */
export const deniesRevoking = (by: By, key: ApiKeyId): Forbidden | undefined =>
  by.key?.id === key ? undefined : deniesManaging(by)
