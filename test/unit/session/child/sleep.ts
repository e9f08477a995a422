/** Runs until it is ended. */
process.stdout.write('here\n');
setInterval(() => {}, 60_000);
