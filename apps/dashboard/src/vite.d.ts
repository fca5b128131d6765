/** What Vite lets a module import besides modules: style sheets, by the names of their classes. */
/// <reference types="vite/client" />
