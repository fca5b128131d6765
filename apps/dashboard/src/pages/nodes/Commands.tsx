/** What was asked of a node, newest first, with how far it is. */
import type { Command } from "@infernet/sdk/manage"
import { For, Show } from "solid-js"
import { bytes } from "../../data/words.ts"
import { Button } from "../../parts/Button.tsx"
import { Meter } from "../../parts/Meter.tsx"
import { Status, type Tone } from "../../parts/Status.tsx"
import { Time } from "../../parts/Time.tsx"
import styles from "./Commands.module.css"

const tones: Record<Command["state"], Tone> = {
  pending: "none",
  running: "info",
  completed: "good",
  failed: "bad",
  cancelled: "none",
  expired: "warn"
}

const names: Record<Command["kind"], string> = {
  model_install: "Install",
  model_remove: "Remove",
  drain: "Drain",
  resume: "Take jobs again"
}

const isOpen = ({ state }: Command) => state === "pending" || state === "running"

const ratio = ({ progress }: Command): number | undefined =>
  progress?.completed_bytes === undefined || !progress.total_bytes
    ? undefined
    : progress.completed_bytes / progress.total_bytes

const words = ({ progress }: Command): string => {
  if (progress?.completed_bytes === undefined) return progress?.phase ?? ""
  const of = progress.total_bytes === undefined ? "" : ` of ${bytes(progress.total_bytes)}`
  const speed = progress.bytes_per_second === undefined ? "" : `, ${bytes(progress.bytes_per_second)}/s`
  return `${progress.phase}: ${bytes(progress.completed_bytes)}${of}${speed}`
}

interface CommandsProps {
  readonly commands: ReadonlyArray<Command>
  readonly cancel: (id: string) => void
}

export const Commands = (props: CommandsProps) => (
  <Show when={props.commands.length > 0} fallback={<p class={styles.none}>Nothing was asked of it yet.</p>}>
    <ol class={styles.commands}>
      <For each={props.commands}>
        {(command) => (
          <li>
            <div class={styles.head}>
              <strong>
                {names[command.kind]} {command.model}
              </strong>
              <Status tone={tones[command.state]} word={command.cancelled === true ? "stopping" : command.state} />
              <Time at={command.created_at} />
              <Show when={isOpen(command) && command.cancelled !== true}>
                <Button kind="danger" onClick={() => props.cancel(command.id)}>
                  Cancel
                </Button>
              </Show>
            </div>
            <Show when={command.state === "running" && command.progress}>
              <Meter name="Progress" value={ratio(command)} words={words(command)} />
            </Show>
            <Show when={command.error_message}>
              <p class={styles.problem}>{command.error_message}</p>
            </Show>
          </li>
        )}
      </For>
    </ol>
  </Show>
)
