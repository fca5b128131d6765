/** Says that something is on its way, once it takes long enough to be noticed. */
import styles from "./Loading.module.css"

export const Loading = (props: { readonly what: string }) => (
  <p class={styles.loading} role="status">
    Loading {props.what}…
  </p>
)
