package io.jitney.daemon.resources;

import io.jitney.daemon.resources.Fields.WrongType;
import io.jitney.daemon.resources.ResiliencyResource.CircuitBreaker;
import io.jitney.daemon.resources.ResiliencyResource.ComponentTarget;
import io.jitney.daemon.resources.ResiliencyResource.Retry;
import io.jitney.daemon.resources.ResiliencyResource.Target;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes records of Resiliency documents. Pure functions. */
final class ResiliencyReader {
  private ResiliencyReader() {}

  /** Reads one member of a map of policies or targets. */
  @FunctionalInterface
  private interface Read<T> {
    T read(Fields fields) throws WrongType;
  }

  static ResiliencyResource read(Resource.Metadata metadata, Fields spec) throws WrongType {
    Fields policies = spec.object("policies");
    Fields targets = spec.object("targets");
    Fields timeouts = policies.object("timeouts");
    Map<String, String> times = new LinkedHashMap<>();
    for (String name : timeouts.names()) {
      times.put(name, timeouts.exactText(name));
    }
    return new ResiliencyResource(
        metadata,
        times,
        each(policies.object("retries"), ResiliencyReader::retry),
        each(policies.object("circuitBreakers"), ResiliencyReader::circuitBreaker),
        each(targets.object("apps"), ResiliencyReader::target),
        each(targets.object("actors"), ResiliencyReader::target),
        each(
            targets.object("components"),
            component ->
                new ComponentTarget(
                    target(component.object("inbound")), target(component.object("outbound")))));
  }

  private static <T> Map<String, T> each(Fields all, Read<T> read) throws WrongType {
    Map<String, T> found = new LinkedHashMap<>();
    for (String name : all.names()) {
      found.put(name, read.read(all.exactObject(name)));
    }
    return found;
  }

  private static Retry retry(Fields retry) throws WrongType {
    Fields matching = retry.object("matching");
    return new Retry(
        retry.text("policy"),
        retry.text("duration"),
        retry.text("maxInterval"),
        retry.text("maxRetries"),
        matching.text("httpStatusCodes"),
        matching.text("gRPCStatusCodes"));
  }

  private static CircuitBreaker circuitBreaker(Fields breaker) throws WrongType {
    return new CircuitBreaker(
        breaker.text("maxRequests"),
        breaker.text("interval"),
        breaker.text("timeout"),
        breaker.text("trip"));
  }

  private static Target target(Fields target) throws WrongType {
    return new Target(
        target.text("timeout"),
        target.text("retry"),
        target.text("circuitBreaker"),
        target.text("circuitBreakerScope"),
        target.text("circuitBreakerCacheSize"));
  }
}
