/** Words of a Markdown text. Each is put into the page as text: what a model says never becomes HTML. */
import type { Token, Tokens } from "marked"
import { For, type JSX, Match, Switch } from "solid-js"
import { childrenOf, is } from "./tokens.ts"

/** Addresses that a reader may be sent to; what else stands there is shown and leads nowhere. */
const safe = (href: string): string | undefined => (/^(?:https?:|mailto:)/i.test(href) ? href : undefined)

const textOf = (token: Token): string => ("text" in token && typeof token.text === "string" ? token.text : token.raw)

const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" }
const plain = (text: string) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity)

export const Inline = (props: { readonly tokens: ReadonlyArray<Token> }): JSX.Element => (
  <For each={props.tokens}>
    {(token) => (
      <Switch fallback={plain(textOf(token))}>
        <Match when={token.type === "strong"}>
          <strong>
            <Inline tokens={childrenOf(token)} />
          </strong>
        </Match>
        <Match when={token.type === "em"}>
          <em>
            <Inline tokens={childrenOf(token)} />
          </em>
        </Match>
        <Match when={token.type === "del"}>
          <del>
            <Inline tokens={childrenOf(token)} />
          </del>
        </Match>
        <Match when={token.type === "codespan"}>
          <code>{plain(textOf(token))}</code>
        </Match>
        <Match when={token.type === "br"}>
          <br />
        </Match>
        <Match when={is<Tokens.Link>(token, "link")}>{(link) => <Link token={link()} />}</Match>
        {/* Not fetched: its address would tell its owner who reads this. */}
        <Match when={is<Tokens.Image>(token, "image")}>{(image) => <Link token={image()} />}</Match>
        <Match when={token.type === "text" && childrenOf(token).length > 0}>
          <Inline tokens={childrenOf(token)} />
        </Match>
      </Switch>
    )}
  </For>
)

const Link = (props: { readonly token: Tokens.Link | Tokens.Image }) => (
  <a href={safe(props.token.href)} title={props.token.href} target="_blank" rel="noopener noreferrer nofollow">
    {props.token.type === "image" ? `image: ${props.token.text}` : <Inline tokens={childrenOf(props.token)} />}
  </a>
)
