/** How the report looks, on a screen and on paper; colours of charts are with the charts. */
export const REPORT_CSS = `
:root{--paper:#ffffff}
@media (prefers-color-scheme:dark){:root{--paper:#14181e}}
@media print{:root{--paper:#ffffff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:68rem;padding:1.5rem 1.25rem 4rem;background:var(--paper);color:var(--chart-text);font:15px/1.5 ui-sans-serif,system-ui,sans-serif}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.2rem;margin:2.25rem 0 .5rem;padding-top:.5rem;border-top:1px solid var(--chart-line)}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
p{max-width:52rem;margin:.5rem 0}
ul,ol{max-width:52rem;margin:.5rem 0;padding-left:1.25rem}
li{margin:.2rem 0}
code{font:.92em ui-monospace,monospace}
.muted{color:var(--chart-muted)}
.violated{border:2px solid;padding:.5rem .75rem;font-weight:600}
.turns{white-space:nowrap}
.digest{overflow-wrap:anywhere}
.sources{font-size:.87rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;margin:.75rem 0;font-size:.87rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding-bottom:.25rem}
th,td{padding:.2rem .6rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--chart-line)}
th{font-weight:600}
td+td{white-space:nowrap}
th.figure,td.figure{text-align:right;padding:.2rem 0 .2rem .9rem}
figure{margin:.75rem 0;break-inside:avoid}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:.25rem 1.5rem}
.chart .hit{cursor:default}
@page{margin:16mm 14mm}
@media print{
body{max-width:none;padding:0;font-size:9.5pt}
h1{font-size:17pt}
h2{font-size:13pt;margin-top:14pt}
h3{font-size:10pt}
h2,h3,caption,h2+p{break-after:avoid}
h2+p{break-inside:avoid}
.whole,.findings section{break-inside:avoid}
tr,li{break-inside:avoid}
.charts{display:block}
figure{width:88%}
.charts figure{margin:0}
.scroll{overflow:visible}
table{font-size:8pt;line-height:1.25;margin:6pt 0}
th,td{padding-top:1.5pt;padding-bottom:1.5pt}
th.figure,td.figure{padding-top:1.5pt;padding-bottom:1.5pt}
.sources,p.muted{font-size:8pt}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
