package io.jitney.loadtest.scenario;

import java.util.List;

/** What is played and measured. Each kind asks another question. */
public sealed interface Scenario {

  Header header();

  /**
   * What every scenario has.
   *
   * @param name as given on the command line; lower case, digits and dashes
   * @param title one line
   * @param about what it shows, for the report; may be empty
   * @param against what is compared, in the order of the runs
   * @param rounds how often each of them is run, in turns: A B A B
   * @param policies TenantPolicy documents for a daemon of Jitney's; empty: none
   */
  record Header(
      String name,
      String title,
      String about,
      List<Side> against,
      int rounds,
      String policies,
      Targets targets) {}

  /** Victims at a steady rate, before, during and after an attack by other tenants. */
  record Aggressor(Header header, Load victims, Attack attack, Phases phases) implements Scenario {}

  /**
   * Tenants that all ask for more than there is.
   *
   * @param tenants what each of them asks for, and its weight
   * @param seconds measured, after {@code warmup} seconds that are not
   * @param window seconds; shares are compared over windows of this length
   */
  record Fairness(
      Header header, Load load, List<Claim> tenants, double warmup, double seconds, double window)
      implements Scenario {}

  /**
   * One of the tenants of {@link Fairness}.
   *
   * @param weight as the policy in the scenario gives it
   * @param connections on which it keeps a request under way all the time
   */
  record Claim(int weight, int connections) {}

  /**
   * Offered load in multiples of the peak, which is measured first, and the return from it.
   *
   * @param multiples of the peak, in the order of the steps
   * @param peakSeconds for measuring the peak with {@code peakConnections} per tenant
   * @param stepSeconds for each multiple
   * @param recoverySeconds at half the peak after the last step
   */
  record Overload(
      Header header,
      Load load,
      List<Double> multiples,
      int peakConnections,
      double warmup,
      double peakSeconds,
      double stepSeconds,
      double recoverySeconds)
      implements Scenario {}

  /** What a call costs at a steady rate: CPU time, latency, memory. */
  record Cost(Header header, Load load, double warmup, double seconds) implements Scenario {}

  /**
   * Numbered events while what is measured is killed again and again.
   *
   * @param count of events that are to be acknowledged
   * @param killEvery seconds between the start of what is measured and its end
   * @param patience seconds without any event that is new, after which what is missing is lost
   */
  record Durability(Header header, Load load, int count, double killEvery, double patience)
      implements Scenario {}

  /**
   * The same load spread over ever more tenants.
   *
   * @param counts of tenants
   * @param peerMost no more than so many daprd processes where each tenant needs its own
   */
  record Scale(
      Header header, Load load, List<Integer> counts, int peerMost, double warmup, double seconds)
      implements Scenario {}
}
