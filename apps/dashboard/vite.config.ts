/** How the dashboard becomes static files: hashed names, no inline script, nothing from another host. */
import { defineConfig } from "vite"
import solid from "vite-plugin-solid"
import { compress } from "./compress.ts"

export default defineConfig({
  plugins: [solid(), compress()],
  build: {
    target: "es2023",
    // A page may load only what is a file of ours: no polyfill that is written into it, no asset as a `data:` URL.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } }
  },
  // While the dashboard is worked on: pages from here, answers from the control plane that runs on this machine.
  server: { proxy: { "/api": "http://127.0.0.1:46337", "/v1": "http://127.0.0.1:46337" } }
})
