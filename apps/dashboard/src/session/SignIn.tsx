/** How to sign in: by the link that the command prints, or with a wallet. */
import type { Session } from "@infernet/sdk/manage"
import { createSignal, Show } from "solid-js"
import { Button } from "../parts/Button.tsx"
import { Command } from "../parts/Command.tsx"
import { sentenceOf } from "../parts/Failure.tsx"
import styles from "./SignIn.module.css"
import { hasWallet, signInWithWallet } from "./wallet.ts"

export const SignIn = (props: { readonly signedIn: (session: Session) => void }) => {
  const [problem, setProblem] = createSignal<string>()
  const [isAsking, setAsking] = createSignal(false)
  const open = async () => {
    setAsking(true)
    setProblem(undefined)
    try {
      props.signedIn(await signInWithWallet())
    } catch (error) {
      setProblem(sentenceOf(error))
    } finally {
      setAsking(false)
    }
  }
  return (
    <section class={styles.signIn} aria-labelledby="sign-in">
      <h1 id="sign-in">Sign in</h1>
      <p>On the machine that runs Infernet, this opens a link that signs a browser in, once:</p>
      <Command text="infernet dashboard" />
      <Show when={hasWallet()}>
        <p>Or with a wallet that your account knows. You sign a message; nothing is paid.</p>
        <Button kind="primary" onClick={() => void open()} disabled={isAsking()}>
          {isAsking() ? "Waiting for your wallet…" : "Sign in with a wallet"}
        </Button>
      </Show>
      <p class={styles.problem} role="alert">
        {problem()}
      </p>
    </section>
  )
}
