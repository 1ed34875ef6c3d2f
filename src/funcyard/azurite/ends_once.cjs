// Has Azurite write its data when it is ended: what it prints then may have no reader any more (EPIPE
// would end it), and a second SIGTERM would kill it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
let ending = false;
process.on("SIGTERM", () => {
  if (!ending && process.listenerCount("SIGTERM") === 1) process.exit(143); // it has not begun yet
  ending = true;
});
