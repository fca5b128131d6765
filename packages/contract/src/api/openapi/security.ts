/** How requests say whose they are. */
import { type Document, mapOperations, type Operation } from "./Document.ts"

const schemes = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description: "An API key (`inft_…`), or the token of a session (`infs_…`)."
  },
  apiKey: {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "The same key, as Anthropic's SDKs send it."
  },
  nodeSignature: {
    type: "apiKey",
    in: "header",
    name: "X-Infernet-Auth",
    description:
      "`v1.<signature>.<nonce>.<timestamp>`: the node's key has signed the control plane's id, the method, the path with " +
      "its query, the hash of the body, the nonce and the time. Good once and for 30 seconds."
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-infernet",
    description: "Set by signing in; over plain HTTP its name is `infernet`."
  }
}

const anyKey = [{ bearer: [] }, { apiKey: [] }]

const required = ({ operationId, security }: Operation): Operation["security"] => {
  const [group] = operationId.split(".")
  if (group === "node") return [{ nodeSignature: [] }]
  if (group === "rotation") return anyKey.map((key) => ({ ...key, nodeSignature: [] }))
  if (["session.session", "session.token", "session.signOut"].includes(operationId)) return [{ session: [] }]
  return security.length === 0 ? [] : anyKey
}

export const withSecurity = (document: Document): Document => ({
  ...mapOperations(document, (operation) => ({ ...operation, security: required(operation) })),
  components: { ...document.components, securitySchemes: schemes }
})
