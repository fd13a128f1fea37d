package io.jitney.tenancy.policy;

import io.jitney.tenancy.admission.Quota;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What counts for one tenant: a value for every field, and where it comes from. Made by {@link
 * PolicySet#resolve}.
 *
 * <p>Numbers without limit are the greatest of their type ({@link Long#MAX_VALUE}, {@link
 * Integer#MAX_VALUE}, {@link Double#POSITIVE_INFINITY}), so that callers only compare.
 *
 * <p>Reading a value is reading a field: fit for the way of a call. Immutable.
 */
public final class EffectivePolicy {

  /**
   * One field for {@code jitney policy explain}.
   *
   * @param path of the field below {@code spec}, with the component's name where it has one
   * @param value what counts; NaN: it follows from another field
   * @param origin who says so
   * @param overrides what would count otherwise, from the strongest to the weakest; without the
   *     built-in default
   */
  public record Explained(
      String path, PolicyField field, double value, PolicyOrigin origin, List<Said> overrides) {}

  /** A value and who says it. */
  public record Said(double value, PolicyOrigin origin) {}

  private final List<PolicyLayer> layers;
  private final List<String> classes;
  private final Map<PolicyField, Double> values = new EnumMap<>(PolicyField.class);
  private final Map<String, ComponentShare> components;
  private final ComponentShare otherComponents;
  private final Quota quota;

  EffectivePolicy(List<PolicyLayer> layers, Set<String> classes) {
    this.layers = List.copyOf(layers);
    this.classes = List.copyOf(classes);
    for (PolicyField field : PolicyField.plain()) {
      values.put(field, first(field, null));
    }
    Map<String, ComponentShare> named = new HashMap<>();
    for (String name : componentNames()) {
      named.put(name, share(name));
    }
    this.components = Map.copyOf(named);
    this.otherComponents = share(PolicyValues.ANY_COMPONENT);
    this.quota = makeQuota();
  }

  /** A value with the rank of its layer. */
  private record Ranked(int rank, Said said) {
    double value() {
      return said.value();
    }
  }

  /**
   * All that is said about a field: what counts first, the built-in default last.
   *
   * @param component null for a field of the tenant
   */
  private List<Said> said(PolicyField field, @Nullable String component) {
    List<Ranked> all = new ArrayList<>();
    for (PolicyLayer layer : layers) {
      Double value =
          component == null ? layer.values().value(field) : layer.values().value(field, component);
      if (value != null) {
        all.add(new Ranked(layer.rank(), new Said(value, layer.origin())));
      }
    }
    // Equals in rank: the strictest, which for every field is the lowest.
    all.sort(Comparator.comparingInt(Ranked::rank).reversed().thenComparingDouble(Ranked::value));
    List<Said> said = new ArrayList<>();
    all.forEach(one -> said.add(one.said()));
    said.add(new Said(field.byDefault(), PolicyOrigin.BUILT_IN));
    return said;
  }

  private double first(PolicyField field, @Nullable String component) {
    return said(field, component).getFirst().value();
  }

  private Set<String> componentNames() {
    Set<String> names = new TreeSet<>();
    layers.forEach(layer -> names.addAll(layer.values().components().keySet()));
    names.remove(PolicyValues.ANY_COMPONENT);
    return names;
  }

  private ComponentShare share(String component) {
    double weight = first(PolicyField.COMPONENT_WEIGHT, component);
    return new ComponentShare(
        (int) first(PolicyField.COMPONENT_MIN, component),
        (int) first(PolicyField.COMPONENT_MAX, component),
        Double.isNaN(weight) ? weight() : (int) weight);
  }

  /** A number of a record where 0 stands for unlimited. */
  private double orZero(PolicyField field) {
    double value = value(field);
    return value == PolicyField.UNLIMITED ? 0 : value;
  }

  private Quota makeQuota() {
    double rate = orZero(PolicyField.RATE);
    double burst = value(PolicyField.BURST);
    return new Quota(
        rate,
        rate == 0 || Double.isNaN(burst) ? 0 : (long) burst,
        (int) orZero(PolicyField.IN_FLIGHT),
        (int) orZero(PolicyField.UNARY),
        (int) orZero(PolicyField.STREAMS),
        (int) orZero(PolicyField.DELIVERIES),
        (long) orZero(PolicyField.BYTES_IN_FLIGHT),
        (long) orZero(PolicyField.BODY_SIZE));
  }

  /**
   * The value of a field that does not belong to a component; {@link PolicyField#UNLIMITED} for
   * none, NaN where it follows from another field.
   */
  public double value(PolicyField field) {
    return values.getOrDefault(field, Double.NaN);
  }

  /** The share of contended resources, from 1. */
  public int weight() {
    return (int) value(PolicyField.WEIGHT);
  }

  /** The floor as a part of 1: 0.1 for ten percent. */
  public double minShare() {
    return value(PolicyField.MIN_SHARE) / 100;
  }

  /** What admission checks: rate, calls in flight, bytes in flight, body size. */
  public Quota quota() {
    return quota;
  }

  /** Bytes of request bodies held at one time. */
  public long bytesInFlight() {
    return (long) value(PolicyField.BYTES_IN_FLIGHT);
  }

  /** Bytes of one request body. */
  public long maxBodySize() {
    return (long) value(PolicyField.BODY_SIZE);
  }

  /** Client connections open at one time. */
  public int connections() {
    return (int) value(PolicyField.CONNECTIONS);
  }

  /** New client connections per second; infinite if unlimited. */
  public double acceptRate() {
    return value(PolicyField.ACCEPT_RATE);
  }

  /** Metric series of one instance. */
  public int metricSeries() {
    return (int) value(PolicyField.METRIC_SERIES);
  }

  /** Log lines per second of one instance; infinite if unlimited. */
  public double logLinesPerSecond() {
    return value(PolicyField.LOG_LINES);
  }

  /** The tenant's part of the component of that name. */
  public ComponentShare component(String name) {
    return components.getOrDefault(name, otherComponents);
  }

  /** Names of the classes whose defaults take part; several only on a tie. */
  public List<String> classes() {
    return classes;
  }

  /** Every field with its value, its origin and what it overrides, in the order of the table. */
  public List<Explained> explain() {
    List<Explained> all = new ArrayList<>();
    PolicyField.plain().forEach(field -> all.add(explained(field, field.path(), null)));
    Set<String> names = componentNames();
    if (layers.stream()
        .anyMatch(layer -> layer.values().components().containsKey(PolicyValues.ANY_COMPONENT))) {
      names.add(PolicyValues.ANY_COMPONENT);
    }
    for (String name : names) {
      PolicyField.ofComponents()
          .forEach(field -> all.add(explained(field, field.path(name), name)));
    }
    return all;
  }

  private Explained explained(PolicyField field, String path, @Nullable String component) {
    List<Said> said = said(field, component);
    Said first = said.getFirst();
    List<Said> beaten = said.size() < 2 ? List.of() : List.copyOf(said.subList(1, said.size() - 1));
    return new Explained(path, field, first.value(), first.origin(), beaten);
  }

  /** Whether every value is the same, wherever it comes from. */
  public boolean sameValues(EffectivePolicy other) {
    return values.equals(other.values)
        && components.equals(other.components)
        && otherComponents.equals(other.otherComponents);
  }
}
