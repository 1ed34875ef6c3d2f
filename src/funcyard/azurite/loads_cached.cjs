// Has an Azurite take its modules from its installation's module cache (module_cache.cjs); those that
// are not in it, and all where there is none, are loaded as ever.
"use strict";
const Module = require("module");
const path = require("path");
const { below, read, rootOf, run, script } = require("./module_cache.cjs");

const root = rootOf(process.argv[1]);
const cache = read(root);
const within = below(root);

/** The cached source of a module, with its code: [source, code], or undefined. */
function kept(filename) {
  const name = within(filename);
  if (name === undefined || !Object.hasOwn(cache.modules, name)) return undefined;
  const [offset, sourceBytes, codeBytes, ascii] = cache.modules[name];
  const end = offset + sourceBytes;
  return [
    cache.data.toString(ascii ? "latin1" : "utf8", offset, end),
    codeBytes ? cache.data.subarray(end, end + codeBytes) : undefined,
  ];
}

if (cache) {
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, parent, isMain, options) {
    const from = parent?.filename && !options ? cache.resolved[within(parent.filename)] : undefined;
    if (from && Object.hasOwn(from, request)) return root + path.sep + from[request];
    return resolve.apply(this, arguments);
  };
  const { ".js": loadJs, ".json": loadJson } = Module._extensions;
  Module._extensions[".js"] = function (module, filename) {
    const found = kept(filename);
    if (!found) return loadJs.apply(this, arguments);
    run(script(found[0], filename, found[1]), module);
  };
  Module._extensions[".json"] = function (module, filename) {
    const found = kept(filename);
    if (!found) return loadJson.apply(this, arguments);
    module.exports = JSON.parse(found[0]);
  };
}
