/** An account, its keys, and signing in. */
import type { Examples } from "./Example.ts"
import { sample } from "./sample.ts"

const signed = { message: sample.message, signature: sample.signature }
const page = { origin: sample.origin }
const meant = { ...page, "x-csrf-token": sample.csrf }

export const accounts: Examples = {
  "account.get": { account: {} },
  "account.usage": { "by-model": { query: { by: "model" } }, "by-day": {} },
  "account.ledger": { page: { query: { limit: "20" } }, csv: { query: { format: "csv" } } },
  "keys.create": {
    key: {
      body: {
        name: "chat widget",
        models: [sample.model],
        expires_at: "2100-01-01T00:00:00Z",
        limits: { requests_per_minute: 30, tokens_per_minute: 20_000, micros_per_day: 5_000_000 }
      }
    }
  },
  "keys.list": { page: { query: { limit: "20" } } },
  "keys.revoke": { key: { path: { id: sample.otherKey } } },
  "session.challenge": { wallet: { headers: page, body: { address: sample.wallet, chain_id: 1 } } },
  "session.signIn": {
    link: { headers: page, body: { code: sample.signInCode } },
    wallet: { headers: page, body: signed }
  },
  "session.session": { session: { headers: page } },
  "session.token": { token: { headers: meant } },
  "session.signOut": { session: { headers: meant } },
  "sessions.listSessions": { sessions: {} },
  "sessions.revokeSession": { session: { path: { id: sample.session } } },
  "sessions.createSignInLink": { link: {} },
  "sessions.listWallets": { wallets: {} },
  "sessions.addWallet": { wallet: { headers: page, body: signed } },
  "sessions.removeWallet": { wallet: { path: { address: sample.wallet } } }
}
