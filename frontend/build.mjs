// Builds the page into src/actfn/web/static; `--watch` builds again at every change.
import { rm, mkdir, copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = new URL(".", import.meta.url);
const out = fileURLToPath(new URL("../src/actfn/web/static", here));

// KaTeX offers its fonts in three formats; every browser that knows modules takes the first.
const firstFontOnly = {
  name: "first-font-only",
  setup(build) {
    build.onResolve({ filter: /\.(woff|ttf)$/ }, ({ path }) => ({ path, external: true }));
  },
};

const options = {
  entryPoints: { app: fileURLToPath(new URL("src/main.ts", here)) },
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "linked",
  publicPath: "/static",
  assetNames: "[name]",
  loader: { ".woff2": "file" },
  plugins: [firstFontOnly],
  logLevel: "warning",
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
if (process.argv.includes("--watch")) await (await esbuild.context(options)).watch();
else await esbuild.build(options);
await copyFile(new URL("index.html", here), `${out}/index.html`); // last: it says that all is there
