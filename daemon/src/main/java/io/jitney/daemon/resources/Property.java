package io.jitney.daemon.resources;

import org.jspecify.annotations.Nullable;

/**
 * One name with a value, a reference to a secret or a reference to the environment: component
 * metadata, headers of an HTTPEndpoint. {@code toString} hides the value.
 *
 * @param value null when there is none; structures are JSON text
 * @param secret null: none; what it names replaces the value
 * @param envRef name of a variable, used where there is no value; "" none
 */
public record Property(
    String name, @Nullable String value, @Nullable SecretRef secret, String envRef) {
  /**
   * A field of a secret.
   *
   * @param key "" means as {@code name}
   */
  public record SecretRef(String name, String key) {
    /** The field to look for in what the store returns. */
    public String field() {
      return key.isEmpty() ? name : key;
    }
  }

  public Property withValue(String text) {
    return new Property(name, text, secret, envRef);
  }

  /** The value, "" when there is none. */
  public String text() {
    return value == null ? "" : value;
  }

  @Override
  public String toString() {
    return "Property[" + name + "]";
  }
}
