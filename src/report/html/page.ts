import { html, Markup } from './markup.ts';
import { style } from './style.ts';

/** What made the page, and when. */
export interface About {
  version: string;
  generated: string | null;
  /** Whether what could not be proved is a failure. */
  strict?: boolean;
}

export interface Page {
  /** The verdict in a few words: the page's title and first heading. */
  title: string;
  /** What it is the verdict of. */
  kind: string;
  good: boolean;
  about: About;
  banner: Markup | null;
  navigation: readonly { id: string; title: string }[];
  body: Markup;
}

/** A whole document. Nothing in it is loaded from elsewhere, and nothing runs: its own policy forbids both. */
export function page({ title, kind, good, about, banner, navigation, body }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="create-caution-app">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title} · ${kind}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the verdict</a>
<header class="top ${good ? 'good' : 'bad'}"><div class="wide">
<p class="kind">${kind}</p>
<h1><span class="sign" aria-hidden="true">${good ? '✔' : '✘'}</span> ${title}</h1>
<p class="small">create-caution-app ${about.version}${about.generated !== null && html` · ${about.generated}`}</p>
</div></header>
<div class="wide">
${banner}
<nav aria-label="On this page"><ul>${navigation.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
${body}
</main>
<footer><p class="small">Two claims are kept apart on this page: <em>the same enclave</em>, the file system as Caution measures it, decides; <em>the same image, bit for bit</em> does not. Causes are described in <code>docs/causes.md</code> of create-caution-app.</p></footer>
</div>
</body>
</html>
`.text;
}
