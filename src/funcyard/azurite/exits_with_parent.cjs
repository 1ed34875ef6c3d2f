// Ends Azurite, its data saved, when the process that started it is gone, however it went.
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM"));
process.stdin.resume();
process.stdin.unref(); // alone it keeps nothing running
