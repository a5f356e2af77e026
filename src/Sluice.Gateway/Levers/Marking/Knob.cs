namespace Sluice.Gateway.Levers.Marking;
internal static class Knob { public static double D(string n, double d) => double.TryParse(Environment.GetEnvironmentVariable(n), out var v) ? v : d;
 public static readonly double DEC=D("DEC",.02),PF=D("PF",.15),PK=D("PK",.4),PW=D("PW",8),KW=D("KW",4),WM=D("WM",0),GM=D("GM",1),FULL=D("FULL",2000),CS=D("CS",.02),PL=D("PL",.1),AGE=D("AGE",1),EXPO=D("EXPO",1),SUM=D("SUM",0),HEDGE=D("HEDGE",0); }
