/** The data of the management API, as the contract has them on the wire. Types alone: nothing of `effect` is loaded. */
import type { AccountView, ApiKeyCreated, ApiKeyView, CreateApiKey } from "@infernet/contract/Account"
import type { OwnAccount as OwnAccountSchema } from "@infernet/contract/api/Account"
import type { CommandPage, NodeDetails } from "@infernet/contract/api/Commands"
import type { Info } from "@infernet/contract/api/Network"
import type { CommandView, IssueCommand } from "@infernet/contract/Command"
import type { LinkCodeCreated } from "@infernet/contract/LinkCode"
import type { NodeView } from "@infernet/contract/Node"
import type { SessionView, SignedIn } from "@infernet/contract/Session"
import type { Usage, UsageBy } from "@infernet/contract/Usage"

export type Account = typeof AccountView.Encoded
export type OwnAccount = typeof OwnAccountSchema.Encoded
export type ApiKey = typeof ApiKeyView.Encoded
export type NewApiKey = typeof CreateApiKey.Encoded
export type CreatedApiKey = typeof ApiKeyCreated.Encoded
export type Command = typeof CommandView.Encoded
export type NewCommand = typeof IssueCommand.Encoded
export type Commands = typeof CommandPage.Encoded
export type NetworkInfo = typeof Info.Encoded
export type Node = typeof NodeView.Encoded
export type OwnNode = typeof NodeDetails.Encoded
export type LinkCode = typeof LinkCodeCreated.Encoded
export type BrowserSession = typeof SessionView.Encoded
export type SignedInSession = typeof SignedIn.Encoded
export type UsageReport = typeof Usage.Encoded
export type UsageGroup = typeof UsageBy.Encoded
