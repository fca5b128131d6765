/**
 * Rows and columns. On a phone each row is a card whose cells say their column's name.
 *
 * For up to some hundreds of rows, all of them drawn.
 */
import { For, type JSX } from "solid-js"
import styles from "./Table.module.css"

export interface Column<Row> {
  readonly name: string
  readonly cell: (row: Row) => JSX.Element
  /** Numbers stand under each other. */
  readonly align?: "end"
}

interface TableProps<Row> {
  /** What the rows are, for those who cannot see them. */
  readonly caption: string
  readonly columns: ReadonlyArray<Column<Row>>
  readonly rows: ReadonlyArray<Row>
}

export const Table = <Row,>(props: TableProps<Row>) => (
  <div class={styles.frame}>
    <table class={styles.table}>
      <caption class="sr-only">{props.caption}</caption>
      <thead>
        <tr>
          <For each={props.columns}>
            {({ align, name }) => (
              <th scope="col" data-align={align}>
                {name}
              </th>
            )}
          </For>
        </tr>
      </thead>
      <tbody>
        <For each={props.rows}>
          {(row) => (
            <tr>
              <For each={props.columns}>
                {({ align, cell, name }) => (
                  <td data-align={align} data-name={name}>
                    {cell(row)}
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
