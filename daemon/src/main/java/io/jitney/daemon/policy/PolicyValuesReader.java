package io.jitney.daemon.policy;

import io.jitney.daemon.files.Fields;
import io.jitney.daemon.flags.FlagException;
import io.jitney.daemon.flags.Quantity;
import io.jitney.tenancy.policy.PolicyField;
import io.jitney.tenancy.policy.PolicyUnit;
import io.jitney.tenancy.policy.PolicyValues;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of {@link PolicyField} out of a mapping: a policy's {@code spec}, or the {@code
 * quota} of an app. {@code inFlight: 10} is short for {@code inFlight: {total: 10}}.
 */
public final class PolicyValuesReader {
  private static final String IN_FLIGHT = "inFlight";
  private static final String COMPONENTS = "components";

  private final Map<PolicyField, Double> values = new EnumMap<>(PolicyField.class);
  private final Map<String, Map<PolicyField, Double>> components = new LinkedHashMap<>();

  private PolicyValuesReader() {}

  /** Reads what is there; what is wrong is told and left out. Other fields are not looked at. */
  public static PolicyValues read(Fields fields) {
    return new PolicyValuesReader().all(fields);
  }

  private PolicyValues all(Fields fields) {
    for (PolicyField field : PolicyField.plain()) {
      if (!field.path().startsWith(IN_FLIGHT + ".")) {
        one(fields, field.key(), field, values);
      }
    }
    inFlight(fields);
    Fields named = fields.object(COMPONENTS);
    if (named != null) {
      for (String name : named.names()) {
        Fields component = named.object(name);
        if (component != null) {
          components.put(name, component(component));
        } else if (!named.has(name)) {
          named.problem(name, "must be a mapping with min, max and weight");
        }
      }
    }
    return new PolicyValues(values, components);
  }

  private void inFlight(Fields fields) {
    Object raw = fields.raw(IN_FLIGHT);
    if (raw == null) {
      return;
    }
    if (!(raw instanceof Map<?, ?>)) {
      one(fields, IN_FLIGHT, PolicyField.IN_FLIGHT, values);
      return;
    }
    Fields kinds = fields.object(IN_FLIGHT);
    if (kinds != null) {
      for (PolicyField field : PolicyField.plain()) {
        if (field.path().startsWith(IN_FLIGHT + ".")) {
          one(kinds, field.key(), field, values);
        }
      }
      kinds.rejectOthers();
    }
  }

  private static Map<PolicyField, Double> component(Fields component) {
    Map<PolicyField, Double> its = new EnumMap<>(PolicyField.class);
    for (PolicyField field : PolicyField.ofComponents()) {
      one(component, field.key(), field, its);
    }
    component.rejectOthers();
    double min = its.getOrDefault(PolicyField.COMPONENT_MIN, 0.0);
    double max = its.getOrDefault(PolicyField.COMPONENT_MAX, PolicyField.UNLIMITED);
    if (max > 0 && min > max) {
      component.problem(
          "min", "must not be above max: " + PolicyField.text(min) + " > " + PolicyField.text(max));
    }
    return its;
  }

  private static void one(
      Fields fields, String key, PolicyField field, Map<PolicyField, Double> into) {
    Object raw = fields.raw(key);
    if (raw == null) {
      return;
    }
    Double value = number(raw, field);
    String problem = value == null ? "must be " + field.range() : field.problem(value);
    if (problem != null || value == null) {
      fields.problem(key, problem + ", not " + Fields.shown(raw));
      return;
    }
    into.put(field, value);
  }

  private static @Nullable Double number(Object raw, PolicyField field) {
    if (raw instanceof Number number) {
      double value = number.doubleValue();
      return Double.isFinite(value) ? value : null;
    }
    if (raw.equals("unlimited") && field.isLimit()) {
      return PolicyField.UNLIMITED;
    }
    if (raw instanceof String text && field.unit() == PolicyUnit.BYTES) {
      try {
        return (double) Quantity.bytes(text);
      } catch (FlagException notOne) {
        return null;
      }
    }
    return null;
  }
}
