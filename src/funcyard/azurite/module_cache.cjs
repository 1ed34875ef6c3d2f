// The modules that an Azurite loads until it listens, kept in one file beside them: for each its
// source with V8's code cache, and what each name it asks for stands for. Stat calls, reads and
// compilation are what its start consists of otherwise.
//
//   first line   JSON: hash of the scripts that made it, Node.js, hash of npm's lock, of all below
//   4 bytes      length of the index, little endian
//   index        JSON: {modules: {PATH: [offset, source bytes, code bytes, ASCII?]},
//                       resolved: {PATH: {request: PATH}}}, paths relative to node_modules
//   data         sources and code caches
//
// What another Node.js, another installation or a torn disk left is no cache: read() has none then.
// Nor has it where an Azurite lies in no node_modules, for the folder above may be anybody's.
//
//   node module_cache.cjs NODE_MODULES   ends with 0 where there is one for this Node.js, 1 where
//                                        there is none, 2 where this Node.js can have none
"use strict";
const { createHash } = require("crypto");
const fs = require("fs");
const Module = require("module");
const path = require("path");
const vm = require("vm");

const FOLDER = "node_modules";
const NAME = ".funcyard-modules";
const MAKERS = [__filename, path.join(__dirname, "records_modules.cjs")];
const NEWLINE = 10;
const IMPORTS = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER; // none before Node.js 20.12

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** What a cache is for: it serves no other. */
const purpose = (root) => ({
  makers: sha256(Buffer.concat(MAKERS.map((script) => fs.readFileSync(script)))),
  node: `${process.version} ${process.platform} ${process.arch}`,
  lock: sha256(fs.readFileSync(path.join(root, ".package-lock.json"))),
});

/** The folder node_modules of the Azurite whose main script this is. */
exports.rootOf = (main) => {
  const real = fs.existsSync(main) ? fs.realpathSync(main) : main;
  return path.resolve(real, "../../../..");
};

/** A function from a file's path to its path below a folder; to undefined where it is elsewhere. */
exports.below = (root) => {
  const start = root + path.sep;
  return (filename) => (filename.startsWith(start) ? filename.slice(start.length) : undefined);
};

/** The cache of an installation, or undefined where there is none that serves. */
exports.read = (root) => {
  if (!IMPORTS || path.basename(root) !== FOLDER) return undefined;
  try {
    const file = fs.readFileSync(path.join(root, NAME));
    const end = file.indexOf(NEWLINE);
    const { digest, ...wanted } = JSON.parse(file.toString("utf8", 0, end));
    if (JSON.stringify(wanted) !== JSON.stringify(purpose(root))) return undefined;
    const body = file.subarray(end + 1);
    if (sha256(body) !== digest) return undefined;
    const start = 4 + body.readUInt32LE(0);
    return { ...JSON.parse(body.toString("utf8", 4, start)), data: body.subarray(start) };
  } catch {
    return undefined;
  }
};

/** Keep modules, [path, source, code cache], and what names stand for: whole or not at all. */
exports.write = (root, modules, resolved) => {
  const index = {};
  const data = [];
  let offset = 0;
  for (const [name, source, code] of modules) {
    const ascii = /^[\x00-\x7f]*$/.test(source);
    const bytes = Buffer.from(source, "utf8");
    index[name] = [offset, bytes.length, code.length, ascii ? 1 : 0];
    data.push(bytes, code);
    offset += bytes.length + code.length;
  }
  const described = Buffer.from(JSON.stringify({ modules: index, resolved }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(described.length);
  const body = Buffer.concat([length, described, ...data]);
  const head = JSON.stringify({ ...purpose(root), digest: sha256(body) });
  const aside = path.join(root, `${NAME}.new`);
  try {
    fs.writeFileSync(aside, Buffer.concat([Buffer.from(`${head}\n`), body]), { flush: true });
    fs.renameSync(aside, path.join(root, NAME));
  } finally {
    fs.rmSync(aside, { force: true });
  }
};

/** A module's script. Its import() is Node.js' own, as in one that Node.js compiles itself. */
exports.script = (source, filename, cachedData) =>
  new vm.Script(source, { filename, cachedData, importModuleDynamically: IMPORTS });

/** Run a module's script, which Module.wrap made, as Node.js runs what it compiled itself. */
exports.run = (script, module) => {
  const require = (request) => module.require(request);
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  const { exports, filename } = module;
  const loads = script.runInThisContext();
  return loads.call(exports, exports, require, module, filename, path.dirname(filename));
};

if (require.main === module) {
  const none = IMPORTS ? 1 : 2;
  process.exitCode = exports.read(process.argv[2]) ? 0 : none;
}
