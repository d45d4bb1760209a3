/** The page's look: light and dark, narrow and wide, on paper. Text meets a contrast of 4.5 in both. */
export const style = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--text:#1b2028;--soft:#535c6b;--line:#d8dde4;--code:#eef1f5;--good:#0b6b34;--good-bg:#e5f5ea;--bad:#a8201a;--bad-bg:#fdebe9;--warn:#7a4b00;--warn-bg:#fff3d6;--link:#0a56b3;--b1:#2563a8;--b2:#b2571a;--b3:#3d7a36;--b4:#7d4397}
@media (prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1a2028;--text:#e6eaf0;--soft:#a4afbe;--line:#323b47;--code:#252d38;--good:#6fd68f;--good-bg:#12301d;--bad:#ff9a90;--bad-bg:#3d1816;--warn:#f3c265;--warn-bg:#382a0c;--link:#83b9ff;--b1:#6aa6ea;--b2:#e6965a;--b3:#82c279;--b4:#c793de}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
.wide{max-width:76rem;margin:0 auto;padding:0 1.25rem}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
main:focus{outline:none}
.skip{position:absolute;left:-999rem;top:0;background:var(--card);padding:.6rem 1rem;z-index:1}
.skip:focus{left:0}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.top{border-bottom:1px solid var(--line);padding:2.2rem 0 1.6rem;background:var(--card);border-top:6px solid var(--good)}
.top.bad{border-top-color:var(--bad)}
.top p{margin:0}
.kind{color:var(--soft);font-weight:600}
h1{font-size:clamp(1.5rem,1.1rem + 2vw,2.3rem);line-height:1.2;margin:.3rem 0 .5rem;letter-spacing:-.01em}
.top.good .sign{color:var(--good)}
.top.bad .sign{color:var(--bad)}
h2{font-size:1.35rem;line-height:1.3;margin:0 0 .9rem}
h3{font-size:1.1rem;margin:0 0 .7rem}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.3rem 1.5rem;margin:1.1rem 0}
section.service{background:none;border:0;padding:0;margin:2.2rem 0}
p{margin:.5rem 0}
.small{font-size:.875rem;color:var(--soft)}
.none{color:var(--soft)}
.label{font-weight:600}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em;unicode-bidi:isolate;direction:ltr}
code{background:var(--code);border-radius:4px;padding:.1em .35em}
pre{background:var(--code);border-radius:8px;padding:.8rem 1rem;overflow:auto;max-height:30rem;white-space:pre-wrap;margin:.6rem 0}
.digest{word-break:break-all}
.text{white-space:pre-wrap}
nav ul,.claims,.chips,.findings,.legend,.paths,.tree ul{list-style:none;margin:0;padding:0}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;padding:1rem 0 .2rem}
nav a{display:inline-block;padding:.15rem 0}
.banner{background:var(--warn-bg);color:var(--text);border:1px solid var(--warn);border-left-width:6px;border-radius:8px;padding:.6rem 1.1rem;margin:1.1rem 0 0}
.banner strong{color:var(--warn)}
.claims{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:.9rem}
.claim{border:1px solid var(--line);border-left:5px solid var(--warn);border-radius:8px;padding:.8rem 1.1rem}
.claim.good{border-left-color:var(--good);background:var(--good-bg)}
.claim.bad{border-left-color:var(--bad);background:var(--bad-bg)}
.claim.open{background:var(--warn-bg)}
.claim .small{color:var(--text)}
.claim-title{font-size:1.08rem;font-weight:650;margin-top:0}
.claim p:last-child{margin-bottom:0}
.claim .sign{display:inline-block;min-width:1.4em;font-weight:700}
.claim.good .sign,.yes{color:var(--good)}
.claim.bad .sign{color:var(--bad)}
.claim.open .sign{color:var(--warn)}
.no{color:var(--bad)}
.claim .digest{background:none;padding:0}
.tag{display:inline-block;font-size:.78rem;font-weight:600;line-height:1.5;border:1px solid var(--line);border-radius:99px;padding:0 .6em;color:var(--text);background:var(--card)}
.tag.bad{color:var(--bad);border-color:currentColor;background:var(--bad-bg)}
.tag.warn{color:var(--warn);border-color:currentColor;background:var(--warn-bg)}
.tag.cause{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;background:var(--code)}
.scroll{overflow-x:auto;margin:.7rem 0}
table{border-collapse:collapse;width:100%;font-size:.94rem}
table.narrow{width:auto;min-width:min(100%,26rem);margin:.9rem 0}
caption{text-align:left;font-weight:600;padding-bottom:.4rem;color:var(--soft)}
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-top:1px solid var(--line);overflow-wrap:normal}
thead th,thead td{border-top:0}
tbody th{font-weight:600}
td{overflow-wrap:anywhere;min-width:4.2rem}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th.number{text-align:right}
table.causes{min-width:38rem}
table.sides{table-layout:fixed;min-width:32rem}
table.sides tr>:first-child{width:8.5rem}
tr.differs td code{color:var(--bad);background:var(--bad-bg)}
.chips{display:flex;flex-wrap:wrap;gap:.4rem;margin:.6rem 0}
.chips li{background:var(--code);border-radius:6px;padding:.1rem .6rem;font-size:.9rem}
summary{cursor:pointer;padding:.25rem 0}
.difference{border:1px solid var(--line);border-radius:8px;margin:.7rem 0;padding:.35rem 1rem}
.difference[open]{padding-bottom:.7rem}
.difference summary{line-height:1.9}
.difference .path{font-weight:600;font-size:.92em}
.tags{white-space:normal}
dl{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:.45rem 1rem;margin:.5rem 0}
dt{font-weight:600;color:var(--soft)}
dd{margin:0}
.patch{max-height:none}
.patch .added{color:var(--good)}
.patch .removed{color:var(--bad)}
.finding{border-left:4px solid var(--line);padding:.1rem 0 .1rem 1rem;margin:1rem 0}
.finding.error{border-left-color:var(--bad)}
.finding.warning{border-left-color:var(--warn)}
.finding p{margin:.3rem 0}
.legend{display:flex;gap:1.2rem;font-size:.9rem}
.key{display:inline-block;width:1.1em;height:.75em;border-radius:2px;margin-right:.45em}
.timeline{margin:.7rem 0 1rem}
.lane{display:grid;grid-template-columns:minmax(0,22rem) minmax(0,1fr);gap:0 1rem;align-items:center;border-top:1px solid var(--line);padding:.3rem 0}
.lane-name{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;font-size:.88rem}
.lane-name code{background:none;padding:0}
.stage{color:var(--soft)}
.bars{position:relative}
.track{position:relative;height:.7rem;margin:.12rem 0;background:var(--code);border-radius:2px}
.bar{position:absolute;top:0;bottom:0;min-width:3px;border-radius:2px;print-color-adjust:exact}
.b1{background:var(--b1)}.b2{background:var(--b2)}.b3{background:var(--b3)}.b4{background:var(--b4)}
.bar.cached,.bar.unproved{opacity:.45}
.axis .bars{height:1.3rem}
.tick{position:absolute;font-size:.78rem;color:var(--soft);border-left:1px solid var(--line);padding-left:.25em;white-space:nowrap}
.tree ul ul{margin-left:1.15rem}
.tree summary{list-style-position:outside;display:grid}
.entry{display:grid;grid-template-columns:minmax(0,1fr) 5.5rem 8rem;gap:.8rem;align-items:center;padding:.16rem 0}
.tree code{background:none;padding:0}
.tree summary .entry-name::before{content:"▸ ";color:var(--soft)}
.tree details[open]>summary .entry-name::before{content:"▾ "}
.tree div.entry .entry-name{padding-left:1.05em}
.entry-size{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;font-size:.9rem}
.meter{height:.6rem;background:var(--code);border-radius:2px;overflow:hidden}
.meter span{display:block;height:100%;min-width:1px;background:var(--b1);print-color-adjust:exact}
.rest{color:var(--soft)}
.rest code{font-family:inherit}
footer{padding:.5rem 0 2.5rem}
@media (max-width:46rem){
.wide{padding:0 .9rem}
section{padding:1rem .95rem}
section.service{padding:0}
dl{grid-template-columns:1fr;gap:.1rem}
dd{margin-bottom:.5rem}
.lane{grid-template-columns:1fr}
.entry{grid-template-columns:minmax(0,1fr) 4.6rem 2.6rem;gap:.5rem}
.axis .lane-name{display:none}
}
@media print{
:root{--bg:#fff}
body{font-size:11pt}
nav,.skip{display:none}
section{break-inside:auto;border:0;padding:0}
h2,h3,summary{break-after:avoid}
.claim,.finding,tr,.lane{break-inside:avoid}
pre{max-height:none}
.scroll{overflow:visible}
}
@media (forced-colors:active){.bar,.meter span,.key{background:CanvasText}}
`;
