/** Something to press. */
import { type ComponentProps, splitProps } from "solid-js"
import styles from "./Button.module.css"

interface ButtonProps extends ComponentProps<"button"> {
  /** `primary`: what the page is for, once a page; `danger`: what cannot be taken back. */
  readonly kind?: "primary" | "plain" | "quiet" | "danger"
}

export const Button = (props: ButtonProps) => {
  const [own, rest] = splitProps(props, ["kind", "class"])
  return (
    <button type="button" class={`${styles.button} ${own.class ?? ""}`} data-kind={own.kind ?? "plain"} {...rest} />
  )
}
