package io.jitney.daemon.resources;

/**
 * Dapr's Configuration resource, as far as it has an effect; what has none yet is reported once when it is loaded.
 *
 * @param apiAccess {@code spec.api}
 */
public record Configuration(ApiAccess apiAccess) {
  /** No {@code --config}. */
  public static final Configuration DEFAULT = new Configuration(ApiAccess.ALL);
}
