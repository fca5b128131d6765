/** What a model has said, as it meant it to look. */
import type { Token, Tokens } from "marked"
import { createMemo, For, Index, type JSX, Match, Show, Switch } from "solid-js"
import { Dynamic } from "solid-js/web"
import { Command } from "../parts/Command.tsx"
import { Blocks } from "./Blocks.ts"
import { Inline } from "./Inline.tsx"
import styles from "./Markdown.module.css"
import { childrenOf, is } from "./tokens.ts"

export const Markdown = (props: { readonly text: string }) => {
  const blocks = new Blocks()
  const tokens = createMemo(() => blocks.of(props.text))
  return (
    <div class={styles.markdown}>
      <BlockList tokens={tokens()} />
    </div>
  )
}

/** By place and not by identity: the last block is another one with each word, and stays where it is. */
const BlockList = (props: { readonly tokens: ReadonlyArray<Token> }): JSX.Element => (
  <Index each={props.tokens}>{(token) => <Block token={token()} />}</Index>
)

const Block = (props: { readonly token: Token }): JSX.Element => (
  <Switch
    fallback={
      <p>
        <Show when={childrenOf(props.token).length > 0} fallback={props.token.raw}>
          <Inline tokens={childrenOf(props.token)} />
        </Show>
      </p>
    }
  >
    <Match when={is<Tokens.Code>(props.token, "code")}>
      {(code) => <Command text={code().text} label={`Copy the ${code().lang ?? ""} code`} />}
    </Match>
    <Match when={is<Tokens.Heading>(props.token, "heading")}>
      {/* Below the headings of the page itself. */}
      {(heading) => (
        <Dynamic component={heading().depth <= 2 ? "h3" : "h4"}>
          <Inline tokens={heading().tokens} />
        </Dynamic>
      )}
    </Match>
    <Match when={is<Tokens.List>(props.token, "list")}>{(list) => <List list={list()} />}</Match>
    <Match when={is<Tokens.Blockquote>(props.token, "blockquote")}>
      {(quote) => (
        <blockquote>
          <BlockList tokens={quote().tokens} />
        </blockquote>
      )}
    </Match>
    <Match when={is<Tokens.Table>(props.token, "table")}>{(table) => <Cells table={table()} />}</Match>
    <Match when={props.token.type === "hr"}>
      <hr />
    </Match>
    <Match when={props.token.type === "html"}>
      <pre>{props.token.raw}</pre>
    </Match>
  </Switch>
)

const List = (props: { readonly list: Tokens.List }) => (
  <Dynamic component={props.list.ordered ? "ol" : "ul"} start={props.list.start === "" ? undefined : props.list.start}>
    <Index each={props.list.items}>
      {(item) => (
        <li>
          <Show when={item().task}>
            <input type="checkbox" checked={item().checked ?? false} disabled aria-label="Done" />
          </Show>
          <ItemContent tokens={item().tokens} />
        </li>
      )}
    </Index>
  </Dynamic>
)

/** An item of a tight list is words, and no paragraph. */
const ItemContent = (props: { readonly tokens: ReadonlyArray<Token> }) => (
  <For each={props.tokens}>
    {(token) => (
      <Show when={token.type === "text"} fallback={<Block token={token} />}>
        <Inline tokens={childrenOf(token)} />
      </Show>
    )}
  </For>
)

const Cells = (props: { readonly table: Tokens.Table }) => (
  <div class={styles.wide}>
    <table>
      <thead>
        <tr>
          <For each={props.table.header}>
            {(cell) => (
              <th scope="col">
                <Inline tokens={cell.tokens} />
              </th>
            )}
          </For>
        </tr>
      </thead>
      <tbody>
        <For each={props.table.rows}>
          {(row) => (
            <tr>
              <For each={row}>
                {(cell) => (
                  <td>
                    <Inline tokens={cell.tokens} />
                  </td>
                )}
              </For>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  </div>
)
