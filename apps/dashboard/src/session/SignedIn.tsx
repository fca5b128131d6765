/** Who is signed in at this browser, for every page; and the two clients that act for that person. */
import { Infernet } from "@infernet/sdk"
import { Management, Session, UnauthorizedError } from "@infernet/sdk/manage"
import { createContext, createResource, type JSX, Match, type Resource, Switch, useContext } from "solid-js"
import { Failure } from "../parts/Failure.tsx"
import { Loading } from "../parts/Loading.tsx"
import { SignIn } from "./SignIn.tsx"

export interface SignedIn {
  readonly session: Session
  readonly manage: Management
  readonly infernet: Infernet
}

const Context = createContext<SignedIn>()

/** For what is inside `<SignedInOnly>`. */
export const useSignedIn = (): SignedIn => {
  const signedIn = useContext(Context)
  if (signedIn === undefined) throw new Error("used outside of <SignedInOnly>")
  return signedIn
}

const clientsOf = (session: Session): SignedIn => {
  const options = { apiKey: session.token, baseUrl: location.origin }
  return { session, manage: new Management(options), infernet: new Infernet(options) }
}

const resume = async (): Promise<SignedIn | "nobody"> => {
  try {
    return clientsOf(await Session.resume())
  } catch (error) {
    if (error instanceof UnauthorizedError) return "nobody"
    throw error
  }
}

/** Shows the page to whoever is signed in, and everybody else how to. */
export const SignedInOnly = (props: { readonly children: JSX.Element }) => {
  const [who, { mutate, refetch }] = createResource(resume)
  const signedIn = () => found(who)
  return (
    <Switch>
      <Match when={who.error !== undefined}>
        <Failure error={who.error} retry={() => void refetch()} />
      </Match>
      <Match when={who.loading}>
        <Loading what="your session" />
      </Match>
      <Match when={who() === "nobody"}>
        <SignIn signedIn={(session) => mutate(clientsOf(session))} />
      </Match>
      <Match when={signedIn()}>
        {(clients) => <Context.Provider value={clients()}>{props.children}</Context.Provider>}
      </Match>
    </Switch>
  )
}

const found = (who: Resource<SignedIn | "nobody">): SignedIn | undefined => {
  const value = who.error === undefined ? who() : undefined
  return value === "nobody" ? undefined : value
}
