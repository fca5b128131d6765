/** A share as a bar, with what it is in words; a bar that is told no share says that something goes on. */
import styles from "./Meter.module.css"

interface MeterProps {
  readonly name: string
  /** 0 to 1; undefined: not known. */
  readonly value: number | undefined
  readonly words: string
}

export const Meter = (props: MeterProps) => (
  <label class={styles.meter}>
    <span>
      {props.name}: <output>{props.words}</output>
    </span>
    <progress max="1" value={props.value} />
  </label>
)
