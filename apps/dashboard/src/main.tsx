/** The dashboard in the page. */
import { render } from "solid-js/web"
import { App } from "./app/App.tsx"
import "./theme/tokens.css"
import "./theme/base.css"

const place = document.querySelector("#app")
if (place !== null) render(() => <App />, place)
