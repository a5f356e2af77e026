using Sluice.Commands;

return await CommandLine.RunAsync(args);
