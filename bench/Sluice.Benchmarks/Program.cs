using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Sluice.Benchmarks.Levers;

if (args is ["--semantic-lookup", var folder])
{
    SemanticLookup.Run(folder);
    return;
}

// BenchmarkDotNet builds each run anew and finds the project from the working folder, so this has to run in the repository's root.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, DefaultConfig.Instance.WithArtifactsPath("artifacts/benchmarks"));
