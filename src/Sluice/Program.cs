using Sluice.Commands;
using Sluice.Hosting;

PrivateFiles.MakeAll();
return await CommandLine.RunAsync(args);
