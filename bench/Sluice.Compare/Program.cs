using System.CommandLine;
using System.Runtime.Versioning;
using Sluice.Compare;
using Sluice.Compare.Bills;

// Processor time and memory are read from /proc.
[assembly: SupportedOSPlatform("linux")]

var seconds = new Option<double>("--seconds") { Description = "Length of one round of one target", DefaultValueFactory = _ => 2 };
var rounds = new Option<int>("--rounds") { Description = "Rounds whose median is taken", DefaultValueFactory = _ => 3 };
var endurance = new Option<int>("--endurance") { Description = "Instead of comparing, send this many requests through Sluice and watch its memory" };
var without = new Option<bool>("--without-sluice") { Description = "Only direct and nginx, to see what the rig itself can do" };
var levers = new Option<bool>("--levers") { Description = "Instead, what all levers together add to a call, on one connection" };
var guards = new Option<bool>("--guards") { Description = "Instead, what 20 budgets and 10 limits that all fit add to a call, on one connection and on 16" };
var bills = new Option<long>("--bills") { Description = "Instead, import this many rows of a bill and ask every report of them; 10000000 takes some minutes and 5 GB" };
var parquet = new Option<int>("--parquet") { Description = "Instead, import this many rows of a bill as CSV, as gzip and as Parquet, and compare what the stores hold" };
var keep = new Option<string?>("--keep") { Description = "With --bills: the folder in which the bill and the store are left" };
var filter = new Option<string>("--filter") { Description = "Only workloads whose name has this in it, such as 'plain' or '100 KB'", DefaultValueFactory = _ => "" };
var output = new Option<string>("--out") { Description = "Folder for the page of results", DefaultValueFactory = _ => "bench/results" };
var command = new RootCommand("Compares, on this machine: no proxy, nginx as a plain reverse proxy, and Sluice. nginx also plays the upstream; all of it stays on loopback.")
{
    seconds, rounds, endurance, without, levers, guards, bills, parquet, keep, filter, output,
};
command.SetAction((arguments, _) => arguments.GetValue(parquet) is > 0 and var count ? new ParquetRun(arguments.GetValue(output)!, count).RunAsync() : arguments.GetValue(bills) is > 0 and var rows ? new BillsRun(arguments.GetValue(output)!, rows, arguments.GetValue(keep)).RunAsync() : new Session(arguments.GetValue(output)!)
{
    Rounds = arguments.GetValue(rounds),
    RoundTime = TimeSpan.FromSeconds(arguments.GetValue(seconds)),
    EnduranceRequests = arguments.GetValue(endurance),
    Workloads = [.. (arguments.GetValue(levers) ? Workload.ForLevers : arguments.GetValue(guards) ? Workload.ForGuards : Workload.All).Where(w => w.Name.Contains(arguments.GetValue(filter)!, StringComparison.OrdinalIgnoreCase))],
    ComparesLevers = arguments.GetValue(levers),
    ComparesGuards = arguments.GetValue(guards),
    WithSluice = !arguments.GetValue(without),
}.RunAsync());
return await command.Parse(args).InvokeAsync();
