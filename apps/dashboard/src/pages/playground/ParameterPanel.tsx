/** What is asked for with each question. */
import type { Model } from "@infernet/sdk"
import { For, type JSX } from "solid-js"
import type { Parameters } from "./Conversation.ts"
import styles from "./ParameterPanel.module.css"

interface ParameterPanelProps {
  readonly models: ReadonlyArray<Model>
  readonly parameters: Parameters
  readonly set: (part: Partial<Parameters>) => void
}

const Field = (props: { readonly name: string; readonly about?: string; readonly children: JSX.Element }) => (
  <label class={styles.field}>
    <span>{props.name}</span>
    {props.children}
    <small>{props.about}</small>
  </label>
)

export const ParameterPanel = (props: ParameterPanelProps) => (
  <aside class={styles.panel} aria-label="Parameters">
    <Field name="Model">
      <select
        value={props.parameters.model}
        onChange={({ currentTarget }) => props.set({ model: currentTarget.value })}
      >
        <For each={props.models}>
          {({ id }) => (
            <option value={id} selected={id === props.parameters.model}>
              {id}
            </option>
          )}
        </For>
      </select>
    </Field>
    <Field name="System" about="How the model is to answer, in words.">
      <textarea
        rows="3"
        value={props.parameters.system}
        onChange={({ currentTarget }) => props.set({ system: currentTarget.value })}
      />
    </Field>
    <Field name="Longest answer" about="In tokens.">
      <input
        type="number"
        min="1"
        max="131072"
        value={props.parameters.maxTokens}
        onChange={({ currentTarget }) => props.set({ maxTokens: Math.max(1, currentTarget.valueAsNumber || 1) })}
      />
    </Field>
    <Field name={`Temperature: ${props.parameters.temperature}`} about="0 takes the likeliest word each time.">
      <input
        type="range"
        min="0"
        max="2"
        step="0.1"
        value={props.parameters.temperature}
        onInput={({ currentTarget }) => props.set({ temperature: currentTarget.valueAsNumber })}
      />
    </Field>
    <Field name={`Top p: ${props.parameters.topP}`} about="Only the likeliest words that together are so likely.">
      <input
        type="range"
        min="0.05"
        max="1"
        step="0.05"
        value={props.parameters.topP}
        onInput={({ currentTarget }) => props.set({ topP: currentTarget.valueAsNumber })}
      />
    </Field>
    <Field name="Seed" about="The same whole number asks for the same answer; empty: another each time.">
      <input
        inputmode="numeric"
        pattern="[0-9]*"
        value={props.parameters.seed}
        onChange={({ currentTarget }) => props.set({ seed: currentTarget.value })}
      />
    </Field>
  </aside>
)
