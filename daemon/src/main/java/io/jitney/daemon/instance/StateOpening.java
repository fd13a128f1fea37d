package io.jitney.daemon.instance;

import io.jitney.components.secretstores.SecretStore;
import io.jitney.components.spi.Component;
import io.jitney.components.spi.Metadata;
import io.jitney.components.state.StateFeature;
import io.jitney.components.state.StateStore;
import io.jitney.daemon.resources.ComponentResource;
import io.jitney.daemon.resources.Property;
import io.jitney.daemon.resources.Property.SecretRef;
import io.jitney.daemon.state.KeyClaims;
import io.jitney.daemon.state.KeyPrefix;
import io.jitney.daemon.state.StateEncryption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What the runtime, not the store, reads from a state component: key prefix and encryption keys.
 */
final class StateOpening {
  private static final String SCOPE = "dapr.runtime.processor.state";
  private static final String PRIMARY = "primaryEncryptionKey";
  private static final String SECONDARY = "secondaryEncryptionKey";

  private final AppInstance instance;
  private final ReferenceResolver references;
  private final KeyClaims claims;

  StateOpening(AppInstance instance, ReferenceResolver references, KeyClaims claims) {
    this.instance = instance;
    this.references = references;
    this.claims = claims;
  }

  /**
   * Makes sure that nobody else has these keys.
   *
   * @return closes the store and gives the keys back
   * @throws ComponentFailure when another tenant's keys begin alike; the store is still open then
   */
  Component own(ComponentResource component, StateStore store, KeyPrefix keys)
      throws ComponentFailure {
    String place = store.place();
    if (place.isEmpty() || !keys.ofApp()) {
      return store;
    }
    Runnable giveBack = claims.take(place, keys, instance.tenant());
    if (giveBack == null) {
      throw ComponentFailure.init(
          component.logName(),
          "an app of the same id in another namespace has its state there under the same keys; set"
              + " keyPrefix to namespace");
    }
    return () -> store.close().onComplete(closed -> giveBack.run());
  }

  KeyPrefix keys(ComponentResource component, Metadata metadata) throws ComponentFailure {
    String strategy = metadata.get("keyPrefix");
    if (strategy == null) {
      return KeyPrefix.ofAppId(instance.appId());
    }
    try {
      KeyPrefix keys =
          KeyPrefix.of(
              strategy, instance.appId(), instance.settings().namespace(), component.name());
      if (keys.blank()) {
        instance
            .log()
            .warn(
                SCOPE,
                "keyPrefix of "
                    + component.logName()
                    + " is empty: apps that do so share their keys");
      }
      return keys;
    } catch (KeyPrefix.Illegal illegal) {
      throw ComponentFailure.init(
          component.logName(), "failed to save lock keyprefix: " + illegal.getMessage());
    }
  }

  /** Null: values are stored as they are. */
  @Nullable StateEncryption encryption(ComponentResource component)
      throws ComponentFailure, InterruptedException {
    SecretStore secrets = instance.components().secretStore(component.metadata().secretStore());
    StateEncryption.Key primary = null;
    StateEncryption.Key secondary = null;
    for (Property property : component.properties()) {
      if (property.name().equals(PRIMARY)) {
        primary = secrets == null ? withoutStore(component) : key(component, property, secrets);
      } else if (property.name().equals(SECONDARY) && secrets != null) {
        secondary = key(component, property, secrets);
      }
    }
    StateEncryption encryption = StateEncryption.of(primary, secondary);
    if (encryption != null) {
      instance
          .log()
          .info(SCOPE, "automatic encryption enabled for state store " + component.name());
    }
    return encryption;
  }

  /** As daprd; but silence about values in the clear would be a trap. */
  private StateEncryption.@Nullable Key withoutStore(ComponentResource component) {
    instance
        .log()
        .warn(
            SCOPE,
            PRIMARY
                + " of "
                + component.logName()
                + " has no effect without a loaded auth.secretStore: values are stored unencrypted");
    return null;
  }

  private StateEncryption.Key key(
      ComponentResource component, Property property, SecretStore secrets)
      throws ComponentFailure, InterruptedException {
    SecretRef secret = property.secret();
    String hex = property.text();
    try {
      if (property.value() == null) {
        hex = fetch(component, secret, secrets);
      }
      return StateEncryption.Key.ofHex(secret == null ? "" : secret.name(), hex);
    } catch (StateEncryption.BadKey bad) {
      throw ComponentFailure.create(component.logName(), String.valueOf(bad.getMessage()));
    }
  }

  /** Asked for again, to say why it is not there. */
  private String fetch(ComponentResource component, @Nullable SecretRef secret, SecretStore secrets)
      throws ComponentFailure, InterruptedException {
    String cause = "secretKeyRef cannot be empty";
    if (secret != null) {
      try {
        Map<String, String> data = references.get(secrets, component, secret);
        String value = data.getOrDefault(secret.field(), "");
        if (!value.isEmpty()) {
          return value;
        }
        cause = "encryption key is empty";
      } catch (ExecutionException failed) {
        cause = CauseText.of(failed);
      } catch (TimeoutException late) {
        cause = "context deadline exceeded";
      }
    }
    throw ComponentFailure.create(
        component.logName(), "failed to extract encryption key: " + cause);
  }

  /** As the metadata API lists them; a store that can keep actors says so. */
  static List<String> capabilities(Set<StateFeature> features) {
    List<String> names = new ArrayList<>();
    features.forEach(feature -> names.add(feature.name()));
    if (features.contains(StateFeature.ETAG) && features.contains(StateFeature.TRANSACTIONAL)) {
      names.add("ACTOR");
    }
    return names;
  }
}
