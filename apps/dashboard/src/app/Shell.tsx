/** What is around every page: where one can go, and how it looks. */
import { A, type RouteSectionProps, useLocation } from "@solidjs/router"
import Menu from "lucide-solid/icons/menu"
import { createEffect, createSignal, ErrorBoundary, For, on, Suspense } from "solid-js"
import { Button } from "../parts/Button.tsx"
import { Failure } from "../parts/Failure.tsx"
import { Loading } from "../parts/Loading.tsx"
import { SignedInOnly } from "../session/SignedIn.tsx"
import { groups } from "./places.ts"
import styles from "./Shell.module.css"
import { ThemeSwitch } from "./ThemeSwitch.tsx"

export const Shell = (props: RouteSectionProps) => {
  const [isOpen, setOpen] = createSignal(false)
  const location = useLocation()
  // On a phone the way to a page is not left lying over it.
  createEffect(
    on(
      () => location.pathname,
      () => setOpen(false),
      { defer: true }
    )
  )
  return (
    <div class={styles.shell} data-open={isOpen()} onKeyDown={({ key }) => key === "Escape" && setOpen(false)}>
      <a class={styles.skip} href="#page">
        Skip to the page
      </a>
      <header class={styles.bar}>
        <A href="/" class={styles.brand}>
          <img src="/icon.svg" alt="" width="24" height="24" />
          Infernet
        </A>
        <Button
          kind="quiet"
          class={styles.menu}
          aria-expanded={isOpen()}
          aria-controls="places"
          onClick={() => setOpen(!isOpen())}
        >
          <Menu size={20} aria-hidden="true" />
          <span class="sr-only">Menu</span>
        </Button>
      </header>
      <nav class={styles.side} id="places" aria-label="Pages">
        <For each={groups}>
          {({ name, places }) => (
            <section>
              <h2>{name}</h2>
              <ul>
                <For each={places}>
                  {({ icon: Icon, name, path }) => (
                    <li>
                      <A href={path} end={path === "/"} activeClass={styles.here ?? ""}>
                        <Icon size={18} />
                        {name}
                      </A>
                    </li>
                  )}
                </For>
              </ul>
            </section>
          )}
        </For>
        <div class={styles.foot}>
          <ThemeSwitch />
        </div>
      </nav>
      <main class={styles.main} id="page" tabindex="-1">
        <ErrorBoundary fallback={(error: unknown, reset) => <Failure error={error} retry={reset} />}>
          <SignedInOnly>
            <Suspense fallback={<Loading what="the page" />}>{props.children}</Suspense>
          </SignedInOnly>
        </ErrorBoundary>
      </main>
    </div>
  )
}
