// Writes the module cache (module_cache.cjs) of the Azurite before which it is required, when that
// one has ended well: what it loaded, and V8's code of the functions that it ran.
"use strict";
const Module = require("module");
const { below, rootOf, run, script, write } = require("./module_cache.cjs");

const NO_CODE = Buffer.alloc(0);
// Code from a cache knows no import() (Node.js 20: ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING).
const MAY_IMPORT = /\bimport\b/;

const root = rootOf(process.argv[1]);
const within = below(root);
const scripts = new Map();
const documents = new Map();
const resolved = {};

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, isMain, options) {
  const filename = resolve.apply(this, arguments);
  const [from, to] = [parent?.filename ? within(parent.filename) : undefined, within(filename)];
  if (from !== undefined && to !== undefined && !options) (resolved[from] ??= {})[request] = to;
  return filename;
};

const compile = Module.prototype._compile;
Module.prototype._compile = function (content, filename, format) {
  const name = within(filename);
  if (name === undefined || format === "module") return compile.apply(this, arguments);
  const source = Module.wrap(content.replace(/^#!.*/, ""));
  let compiled;
  try {
    compiled = script(source, filename);
  } catch {
    return compile.apply(this, arguments); // no CommonJS: Node.js says what is to be said
  }
  const result = run(compiled, this);
  scripts.set(name, [source, compiled]);
  return result;
};

const loadJson = Module._extensions[".json"];
Module._extensions[".json"] = function (module, filename) {
  loadJson.apply(this, arguments);
  const name = within(filename);
  if (name !== undefined) documents.set(name, JSON.stringify(module.exports));
};

process.on("exit", (code) => {
  if (code !== 0 || scripts.size === 0) return;
  const modules = [];
  for (const [name, [source, compiled]] of scripts)
    modules.push([name, source, MAY_IMPORT.test(source) ? NO_CODE : compiled.createCachedData()]);
  for (const [name, text] of documents) modules.push([name, text, NO_CODE]);
  write(root, modules, resolved);
});
