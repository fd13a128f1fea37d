package io.jitney.loadtest.scenario;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Reads a scenario file; all that is wrong with it is told at once. */
public final class ScenarioReader {
  private static final double LONGEST = 600;
  private static final Targets NO_TARGETS = new Targets(0, 0, 0, 0, 0, 0, 0, 0, 0);

  private static final Load NO_LOAD =
      new Load(
          1,
          0,
          1,
          Load.Transport.HTTP,
          Load.Arrivals.EVEN,
          1,
          Load.Store.MEMORY,
          Load.App.ECHO,
          List.of(),
          Events.NONE);
  private static final Attack NO_ATTACK = new Attack(Attack.Kind.LOAD, NO_LOAD, 1, 0, 0);

  private enum Kind {
    AGGRESSOR,
    FAIRNESS,
    OVERLOAD,
    COST,
    SCALE,
    DURABILITY
  }

  private final List<Problem> problems = new ArrayList<>();
  private final boolean quick;

  private ScenarioReader(boolean quick) {
    this.quick = quick;
  }

  /** What reading comes to. */
  public sealed interface Read {}

  /** Nothing is wrong. */
  public record Parsed(Scenario scenario) implements Read {}

  /**
   * Something is.
   *
   * @param problems at least one
   */
  public record Rejected(List<Problem> problems) implements Read {}

  /**
   * Reads one file.
   *
   * @param file for messages
   * @param quick takes the times of the part {@code quick} where it gives any
   */
  public static Read read(String file, String text, boolean quick) {
    ScenarioReader reader = new ScenarioReader(quick);
    Node node;
    try {
      node = new Yaml(new LoaderOptions()).compose(new StringReader(text));
    } catch (MarkedYAMLException wrong) {
      int line = wrong.getProblemMark() == null ? 1 : wrong.getProblemMark().getLine() + 1;
      return new Rejected(
          List.of(new Problem(file, line, "", "is no YAML: " + wrong.getProblem())));
    } catch (YAMLException wrong) {
      return new Rejected(List.of(new Problem(file, 1, "", "is no YAML: " + wrong.getMessage())));
    }
    if (node == null) {
      return new Rejected(List.of(new Problem(file, 1, "", "is empty")));
    }
    Fields fields = new Fields(file, "", node, reader.problems);
    Scenario scenario = reader.scenario(fields);
    fields.done();
    return reader.problems.isEmpty()
        ? new Parsed(scenario)
        : new Rejected(List.copyOf(reader.problems));
  }

  private Scenario scenario(Fields f) {
    Kind kind = f.has("kind") ? f.choice("kind", Kind.AGGRESSOR) : missingKind(f);
    Scenario.Header header = header(f);
    String name = kind == Kind.AGGRESSOR ? "victims" : "load";
    Load load = given(f.part(name, this::load), NO_LOAD, f, name);
    return switch (kind) {
      case AGGRESSOR ->
          new Scenario.Aggressor(
              header,
              load,
              given(f.part("attack", this::attack), NO_ATTACK, f, "attack"),
              phases(f));
      case FAIRNESS ->
          new Scenario.Fairness(
              header,
              load,
              f.list("tenants", this::claim),
              time(f, "warmup"),
              time(f, "measure"),
              f.seconds("window", 1.0, 60));
      case OVERLOAD ->
          new Scenario.Overload(
              header,
              load,
              f.numbers("multiples", 0.1, 100),
              f.whole("peakConnections", 32, 1, 10_000),
              time(f, "warmup"),
              time(f, "peak"),
              time(f, "step"),
              time(f, "recovery"));
      case COST -> new Scenario.Cost(header, load, time(f, "warmup"), time(f, "measure"));
      case SCALE ->
          new Scenario.Scale(
              header,
              load,
              f.numbers("counts", 1, 2000).stream().map(Double::intValue).toList(),
              f.whole("peerMost", 100, 1, 2000),
              time(f, "warmup"),
              time(f, "measure"));
      case DURABILITY -> durability(f, header, load);
    };
  }

  private Scenario.Durability durability(Fields f, Scenario.Header header, Load load) {
    int count = f.whole("count", null, 1, 10_000_000);
    int fewer = f.whole("quickCount", count, 1, 10_000_000);
    if (load.events().subscriber() != Events.Subscriber.OK) {
      f.problem("load", "must have events with a subscriber that is ok");
    }
    return new Scenario.Durability(
        header,
        load,
        quick ? fewer : count,
        f.seconds("killEvery", 5.0, LONGEST),
        f.seconds("patience", 90.0, LONGEST));
  }

  private static Kind missingKind(Fields f) {
    f.problem("kind", "is missing: aggressor, fairness, overload, cost, scale or durability");
    return Kind.AGGRESSOR;
  }

  /** What is missing is told, and the rest of the file looked at all the same. */
  private static <T> T given(@Nullable T part, T instead, Fields f, String name) {
    if (part == null) {
      f.problem(name, "is missing");
      return instead;
    }
    return part;
  }

  private Scenario.Header header(Fields f) {
    String name = f.text("name", null);
    if (!name.isEmpty() && !name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
      f.problem("name", "must be lower case letters, digits and dashes");
    }
    String title = f.text("title", null);
    String about = f.text("about", "").strip();
    List<Side> against = f.choices("against", List.of(Side.ON));
    if (against.isEmpty()) {
      f.problem("against", "must name at least one");
    }
    int rounds = f.whole("rounds", 1, 1, 20);
    int fewer = f.whole("quickRounds", rounds, 1, 20);
    String policies = f.text("policies", "");
    Targets targets = f.part("targets", this::targets);
    return new Scenario.Header(
        name,
        title,
        about,
        against,
        quick ? fewer : rounds,
        policies,
        targets == null ? NO_TARGETS : targets);
  }

  private Targets targets(Fields f) {
    return new Targets(
        f.number("p99Ratio", 0.0, 0, 1000),
        f.number("p999Ratio", 0.0, 0, 1000),
        f.number("goodput", 0.0, 0, 1),
        f.number("recoverySeconds", 0.0, 0, LONGEST),
        f.number("jain", 0.0, 0, 1),
        f.number("cpuRatio", 0.0, 0, 1000),
        f.number("rssMiB", 0.0, 0, 1_000_000),
        f.number("cpuMicros", 0.0, 0, 1_000_000),
        f.number("controlMillis", 0.0, 0, 100_000));
  }

  private Load load(Fields f) {
    Events events = f.part("events", ScenarioReader::events);
    Load load = load(f, events == null ? Events.NONE : events);
    for (Call call : load.calls()) {
      boolean publishes = call.kind() == Call.Kind.PUBLISH || call.kind() == Call.Kind.EVENT;
      if (publishes && load.events().broker() == Events.Broker.NONE) {
        f.problem("events", "must name a broker: something is published");
      }
      if (call.kind() == Call.Kind.EVENT && load.events().subscriber() != Events.Subscriber.OK) {
        f.problem("events", "must have a subscriber that is ok: an event is to arrive");
      }
    }
    return load;
  }

  private static Events events(Fields f) {
    return new Events(
        f.choice("broker", Events.Broker.REDIS),
        f.choice("subscriber", Events.Subscriber.NONE),
        f.choice("apart", YesNo.NO) == YesNo.YES,
        f.seconds("redeliver", 0.0, 600));
  }

  private enum YesNo {
    NO,
    YES
  }

  private Load load(Fields f, Events events) {
    return new Load(
        f.whole("tenants", 1, 1, 2000),
        f.number("rate", 0.0, 0, 1_000_000),
        f.whole("connections", 4, 1, 20_000),
        f.choice("transport", Load.Transport.HTTP),
        f.choice("arrivals", Load.Arrivals.EVEN),
        (int) (f.seconds("timeout", 2.0, 60) * 1000),
        f.choice("store", Load.Store.REDIS),
        f.choice("app", Load.App.ECHO),
        f.list("calls", this::call),
        events);
  }

  private Call call(Fields f) {
    return new Call(
        f.choice("call", Call.Kind.GET),
        f.whole("share", 1, 1, 1000),
        f.whole("keys", 50, 1, 10_000),
        f.bytes("bytes", 1024, 64 << 20),
        f.text("path", "/echo"),
        f.text("target", ""));
  }

  private Attack attack(Fields f) {
    Attack.Kind kind = f.choice("kind", Attack.Kind.LOAD);
    int bytesPerSecond = f.bytes("bytesPerSecond", 1, 1 << 20);
    int hold = (int) (f.seconds("hold", 0.0, 60) * 1000);
    int delay = (int) (f.seconds("storeDelay", 0.2, 60) * 1000);
    return new Attack(kind, load(f), bytesPerSecond, hold, delay);
  }

  private Scenario.Claim claim(Fields f) {
    return new Scenario.Claim(
        f.whole("weight", 1, 1, 10_000), f.whole("connections", null, 1, 10_000));
  }

  private Phases phases(Fields f) {
    return new Phases(time(f, "warmup"), time(f, "alone"), time(f, "during"), time(f, "after"));
  }

  /** A time is a pair: how long, and how long with --quick. */
  private double time(Fields f, String name) {
    double whole = f.seconds(name, null, LONGEST);
    String shorter = "quick" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    double less = f.seconds(shorter, whole, LONGEST);
    return quick ? less : whole;
  }
}
