package io.jitney.tenancy.policy;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every field of a policy: name, unit, range, meaning. Documentation, validation and {@code jitney
 * policy explain} are made from this table.
 *
 * <p>Of two values of one field the <em>stricter</em> is the lower one, for every field: it gives
 * the tenant less.
 */
public enum PolicyField {
  WEIGHT(
      "weight",
      PolicyUnit.SHARE,
      1,
      10_000,
      100,
      Form.WHOLE,
      "The tenant's share of what is contended (event loops, stores, app channels, memory), relative"
          + " to the weights of the others that want it at the same moment."),
  MIN_SHARE(
      "minShare",
      PolicyUnit.PERCENT,
      0,
      100,
      0,
      Form.FRACTION,
      "Floor: the part of a contended resource that the tenant gets whatever the weights of the"
          + " others add up to. Floors that add up to more than 100 are scaled down together."),
  RATE(
      "rate",
      PolicyUnit.CALLS_PER_SECOND,
      1e-9,
      1e9,
      PolicyField.UNLIMITED,
      Form.FRACTION_LIMIT,
      "API calls let in per second in the long run; 0.5 is one call in two seconds."),
  BURST(
      "burst",
      PolicyUnit.CALLS,
      1,
      1e9,
      Double.NaN,
      Form.WHOLE,
      "API calls let in at once after a quiet time; without it one second's worth of the rate, at"
          + " least 1. Has no meaning where the rate is unlimited."),
  IN_FLIGHT(
      "inFlight.total",
      PolicyUnit.CALLS,
      1,
      Integer.MAX_VALUE,
      PolicyField.UNLIMITED,
      Form.LIMIT,
      "Calls of the app open at one time: unary calls and streams together."),
  UNARY(
      "inFlight.unary",
      PolicyUnit.CALLS,
      1,
      Integer.MAX_VALUE,
      PolicyField.UNLIMITED,
      Form.LIMIT,
      "Unary calls open at one time: one request, one answer."),
  STREAMS(
      "inFlight.streams",
      PolicyUnit.CALLS,
      1,
      Integer.MAX_VALUE,
      PolicyField.UNLIMITED,
      Form.LIMIT,
      "Streams open at one time, each for its whole life: streaming gRPC calls, proxied calls and"
          + " subscriptions."),
  DELIVERIES(
      "inFlight.deliveries",
      PolicyUnit.CALLS,
      1,
      Integer.MAX_VALUE,
      PolicyField.UNLIMITED,
      Form.LIMIT,
      "Calls that the daemon makes to the app at one time: messages, input bindings, timers, and"
          + " invocations by other apps."),
  BYTES_IN_FLIGHT(
      "bytesInFlight",
      PolicyUnit.BYTES,
      1,
      Long.MAX_VALUE >> 1,
      PolicyField.UNLIMITED,
      Form.LIMIT,
      "Bytes of request bodies held at one time, over all calls of the tenant. A known"
          + " Content-Length is reserved before the body is read."),
  BODY_SIZE(
      "maxBodySize",
      PolicyUnit.BYTES,
      1,
      Long.MAX_VALUE >> 1,
      PolicyField.UNLIMITED,
      Form.LIMIT,
      "Bytes of one request body; the instance's --max-body-size counts too."),
  CONNECTIONS(
      "connections",
      PolicyUnit.CONNECTIONS,
      1,
      Integer.MAX_VALUE,
      PolicyField.UNLIMITED,
      Form.LIMIT,
      "Client connections open at one time, over all listeners."),
  ACCEPT_RATE(
      "acceptRate",
      PolicyUnit.CONNECTIONS_PER_SECOND,
      1e-9,
      1e9,
      PolicyField.UNLIMITED,
      Form.FRACTION_LIMIT,
      "New client connections per second in the long run, one second's worth at once."),
  METRIC_SERIES(
      "metricSeries",
      PolicyUnit.SERIES,
      1,
      Integer.MAX_VALUE,
      6_000,
      Form.LIMIT,
      "Combinations of metric labels that the tenant's calls may make, per instance; what would be a"
          + " further one is counted in one series for the rest."),
  LOG_LINES(
      "logLinesPerSecond",
      PolicyUnit.LINES_PER_SECOND,
      1e-3,
      1e9,
      PolicyField.UNLIMITED,
      Form.FRACTION_LIMIT,
      "Log lines written per second and instance, ten seconds' worth at once; suppressed lines are"
          + " counted and told in one line."),
  COMPONENT_MIN(
      "components.NAME.min",
      PolicyUnit.CALLS,
      0,
      Integer.MAX_VALUE,
      0,
      Form.WHOLE,
      "Concurrent calls to the component that the tenant always gets, whatever others do."),
  COMPONENT_MAX(
      "components.NAME.max",
      PolicyUnit.CALLS,
      1,
      Integer.MAX_VALUE,
      PolicyField.UNLIMITED,
      Form.LIMIT,
      "Concurrent calls to the component; more wait in the tenant's own queue."),
  COMPONENT_WEIGHT(
      "components.NAME.weight",
      PolicyUnit.SHARE,
      1,
      10_000,
      Double.NaN,
      Form.WHOLE,
      "The tenant's share of the component's store when it is contended; without it the tenant's"
          + " weight.");

  /** The value of a field that limits nothing. */
  public static final double UNLIMITED = Double.POSITIVE_INFINITY;

  /** What values look like. */
  private enum Form {
    WHOLE,
    FRACTION,
    LIMIT,
    FRACTION_LIMIT
  }

  private static final String COMPONENT = "components.NAME.";

  private static final List<PolicyField> PLAIN =
      Stream.of(values()).filter(field -> !field.ofComponent()).toList();
  private static final List<PolicyField> OF_COMPONENTS =
      Stream.of(values()).filter(PolicyField::ofComponent).toList();

  private final String path;
  private final PolicyUnit unit;
  private final double least;
  private final double most;
  private final double byDefault;
  private final Form form;
  private final String description;

  PolicyField(
      String path,
      PolicyUnit unit,
      double least,
      double most,
      double byDefault,
      Form form,
      String description) {
    this.path = path;
    this.unit = unit;
    this.least = least;
    this.most = most;
    this.byDefault = byDefault;
    this.form = form;
    this.description = description;
  }

  /** The fields of a tenant, in the order of the table. */
  public static List<PolicyField> plain() {
    return PLAIN;
  }

  /** The fields of one component of a tenant. */
  public static List<PolicyField> ofComponents() {
    return OF_COMPONENTS;
  }

  /** Where it stands below {@code spec}: {@code inFlight.unary}. */
  public String path() {
    return path;
  }

  /** As {@link #path()}, with a component's name in it. */
  public String path(String component) {
    return path.replace("NAME", component);
  }

  /** The last part of the path: {@code unary}. */
  public String key() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  public PolicyUnit unit() {
    return unit;
  }

  /** One or two sentences; the unit is {@link #unit()}. */
  public String description() {
    return description;
  }

  /** What counts where nobody says anything; NaN: it follows from another field. */
  public double byDefault() {
    return byDefault;
  }

  /** Whether it is a limit, which can be lifted: 0 and {@code unlimited} mean the same. */
  public boolean isLimit() {
    return form == Form.LIMIT || form == Form.FRACTION_LIMIT;
  }

  /** Whether it is one of the fields of a component. */
  public boolean ofComponent() {
    return path.startsWith(COMPONENT);
  }

  /**
   * What is wrong with a value, or null: {@code must be a whole number from 1 to 10000 (share)}.
   */
  public @Nullable String problem(double value) {
    boolean lifted = isLimit() && (value == 0 || value == UNLIMITED);
    boolean whole =
        form == Form.FRACTION || form == Form.FRACTION_LIMIT || value == Math.rint(value);
    return lifted || (whole && value >= least && value <= most) ? null : "must be " + range();
  }

  /** What values are right: {@code a number from 0 to 100 (percent)}. */
  public String range() {
    boolean fraction = form == Form.FRACTION || form == Form.FRACTION_LIMIT;
    String text =
        (fraction ? "a number from " : "a whole number from ")
            + text(least)
            + " to "
            + text(most)
            + " ("
            + unit.word()
            + ")";
    if (unit == PolicyUnit.BYTES) {
      text += ", also as 64Ki or 16Mi";
    }
    return isLimit() ? text + ", or unlimited" : text;
  }

  /** A value for people: {@code unlimited}, {@code 0.5}, {@code 100}; {@code -} for NaN. */
  public static String text(double value) {
    if (value == UNLIMITED) {
      return "unlimited";
    }
    return Double.isNaN(value)
        ? "-"
        : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
