package io.jitney.tenancy.policy;

import io.jitney.tenancy.admission.Quota;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values for some of the fields.
 *
 * @param values by field; what is not there is not said. {@link PolicyField#UNLIMITED} lifts a
 *     limit
 * @param components the same by component name; {@value #ANY_COMPONENT} stands for those not named
 */
public record PolicyValues(
    Map<PolicyField, Double> values, Map<String, Map<PolicyField, Double>> components) {

  /** The name that stands for every component without an entry of its own. */
  public static final String ANY_COMPONENT = "*";

  /** Says nothing. */
  public static final PolicyValues NONE = new PolicyValues(Map.of(), Map.of());

  /**
   * Copies; 0 becomes {@link PolicyField#UNLIMITED} where it means that. {@link
   * IllegalArgumentException} with the field's path for a value out of range.
   */
  public PolicyValues {
    values = checked(values, "", false);
    Map<String, Map<PolicyField, Double>> copy = new LinkedHashMap<>();
    components.forEach((name, its) -> copy.put(name, checked(its, name, true)));
    components = Collections.unmodifiableMap(copy);
  }

  /**
   * A quota as values: it says rate, burst and calls in flight, also that they are unlimited, and
   * what else it limits.
   */
  public static PolicyValues of(Quota quota) {
    Map<PolicyField, Double> values = new EnumMap<>(PolicyField.class);
    values.put(PolicyField.RATE, quota.ratePerSecond());
    if (quota.limitsRate()) {
      values.put(PolicyField.BURST, (double) quota.burst());
    }
    values.put(PolicyField.IN_FLIGHT, (double) quota.maxInFlight());
    limit(values, PolicyField.UNARY, quota.maxUnary());
    limit(values, PolicyField.STREAMS, quota.maxStreams());
    limit(values, PolicyField.DELIVERIES, quota.maxDeliveries());
    limit(values, PolicyField.BYTES_IN_FLIGHT, quota.maxBytesInFlight());
    limit(values, PolicyField.BODY_SIZE, quota.maxBodySize());
    return new PolicyValues(values, Map.of());
  }

  private static void limit(Map<PolicyField, Double> values, PolicyField field, long most) {
    if (most > 0) {
      values.put(field, (double) most);
    }
  }

  /** As {@link #of}, but says nothing about what the quota does not limit. */
  public static PolicyValues limitsOf(Quota quota) {
    Map<PolicyField, Double> values = new EnumMap<>(PolicyField.class);
    of(quota)
        .values()
        .forEach(
            (field, value) -> {
              if (value != PolicyField.UNLIMITED) {
                values.put(field, value);
              }
            });
    return new PolicyValues(values, Map.of());
  }

  private static Map<PolicyField, Double> checked(
      Map<PolicyField, Double> values, String component, boolean ofComponent) {
    Map<PolicyField, Double> copy = new EnumMap<>(PolicyField.class);
    values.forEach(
        (field, value) -> {
          String problem =
              field.ofComponent() == ofComponent ? field.problem(value) : "does not belong here";
          if (problem != null) {
            throw new IllegalArgumentException(field.path(component) + " " + problem);
          }
          copy.put(field, field.isLimit() && value == 0 ? PolicyField.UNLIMITED : value);
        });
    return Collections.unmodifiableMap(copy);
  }

  /** The value of a plain field; null where it is not said. */
  @Nullable Double value(PolicyField field) {
    return values.get(field);
  }

  /** The value for one component, else that for any; null where neither is said. */
  @Nullable Double value(PolicyField field, String component) {
    Map<PolicyField, Double> own = components.get(component);
    Double value = own == null ? null : own.get(field);
    if (value == null && !component.equals(ANY_COMPONENT)) {
      Map<PolicyField, Double> any = components.get(ANY_COMPONENT);
      value = any == null ? null : any.get(field);
    }
    return value;
  }

  public boolean isEmpty() {
    return values.isEmpty() && components.isEmpty();
  }
}
