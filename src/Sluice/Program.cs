using Sluice.Commands;
using Sluice.Hosting;
using Sluice.Output;

PrivateFiles.MakeAll();
Console.SetError(new PlainLines(Console.Error));
return await CommandLine.RunAsync(args);
