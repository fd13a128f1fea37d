package io.jitney.daemon.secrets;

import io.jitney.components.secretstores.SecretStore;
import io.jitney.components.spi.CallContext;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.SecretErrors;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.resiliency.ComponentType;
import io.jitney.daemon.resiliency.Policy;
import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.tenancy.scope.SecretScopes;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Decides about secrets: whether there are stores, which one, whether the app may, what came of it;
 * in daprd's order. Values pass through and are kept nowhere. Failures are {@link
 * io.jitney.daemon.error.DaprException}s.
 */
public final class SecretsApi {
  private static final String BLOCK = "secret";

  /** One secret as its keys and values. */
  public Future<Map<String, String>> get(
      AppInstance instance,
      CallContext context,
      String store,
      String secret,
      Map<String, String> metadata) {
    SecretStore secrets = store(instance, store);
    if (!instance.configuration().secretScopes().allows(store, secret)) {
      throw SecretErrors.denied(secret, store).exception();
    }
    return measured(
        instance,
        context,
        store,
        "get",
        current -> secrets.get(current, secret, metadata),
        cause -> SecretErrors.get(secret, store, cause));
  }

  /** All secrets the app may read; the others are left out in silence. */
  public Future<Map<String, Map<String, String>>> bulkGet(
      AppInstance instance, CallContext context, String store, Map<String, String> metadata) {
    SecretStore secrets = store(instance, store);
    SecretScopes scopes = instance.configuration().secretScopes();
    return measured(
            instance,
            context,
            store,
            "bulk_get",
            current -> secrets.bulkGet(current, metadata),
            cause -> SecretErrors.bulkGet(store, cause))
        .map(
            all -> {
              Map<String, Map<String, String>> allowed = new LinkedHashMap<>();
              all.forEach(
                  (secret, values) -> {
                    if (scopes.allows(store, secret)) {
                      allowed.put(secret, values);
                    }
                  });
              return allowed;
            });
  }

  private static SecretStore store(AppInstance instance, String name) {
    if (!instance.components().hasSecretStores()) {
      throw SecretErrors.notConfigured().exception();
    }
    SecretStore store = instance.components().secretStore(name);
    if (store == null) {
      throw SecretErrors.storeNotFound(name).exception();
    }
    return store;
  }

  private static <T> Future<T> measured(
      AppInstance instance,
      CallContext context,
      String store,
      String operation,
      Function<CallContext, Future<T>> call,
      Function<String, DaprError> error) {
    long start = System.nanoTime();
    Resiliency resiliency = instance.resiliency();
    Policy policy = resiliency.outbound(ComponentType.SECRETSTORE, store);
    Future<T> result =
        policy.isNone()
            ? attempt(context, call)
            : resiliency.run(
                policy,
                () -> attempt(context.until(instance.callContext(null).deadlineNanos()), call));
    return result
        .onComplete(
            done -> {
              long nanos = System.nanoTime() - start;
              instance.account().usage().store(nanos);
              instance.metrics().component(BLOCK, store, operation, done.succeeded(), nanos);
            })
        .recover(
            failure ->
                Future.failedFuture(error.apply(String.valueOf(failure.getMessage())).exception()));
  }

  private static <T> Future<T> attempt(CallContext context, Function<CallContext, Future<T>> call) {
    Future<T> result;
    try {
      result = call.apply(context);
    } catch (RuntimeException failure) {
      result = Future.failedFuture(failure);
    }
    return result.timeout(context.remainingMillis(), TimeUnit.MILLISECONDS);
  }
}
