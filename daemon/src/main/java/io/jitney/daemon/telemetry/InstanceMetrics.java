package io.jitney.daemon.telemetry;

import io.jitney.daemon.resiliency.PolicyMetrics;
import java.util.Collection;

/** The metrics of one instance under daprd's names. Recording is cheap and safe from any thread. */
public interface InstanceMetrics {
  /** One call of the HTTP API: sizes in bytes, duration in nanoseconds. */
  void httpServer(
      String method, String path, int status, long requestBytes, long responseBytes, long nanos);

  /** One call of the gRPC API. */
  void grpcServer(String fullMethod, int code, long requestBytes, long responseBytes, long nanos);

  /**
   * One call into a component of a building block ({@code state}, {@code secret}), operation as
   * daprd labels it.
   */
  void component(String block, String component, String operation, boolean success, long nanos);

  /** Something was given to a broker on behalf of an API call; {@code bulk}: many at once. */
  void published(String component, String topic, boolean bulk, boolean success, long nanos);

  /**
   * A message of a subscription was dealt with.
   *
   * @param status {@code success}, {@code retry} or {@code drop}
   */
  void pubsubIngress(String component, String topic, String status, long nanos);

  /**
   * A bulk of a subscription was dealt with.
   *
   * @param statuses that its entries ended with, each once
   */
  void pubsubBulkIngress(String component, String topic, Collection<String> statuses, long nanos);

  /** An event of an input binding was brought to the app, or the app did not take it. */
  void inputBinding(String component, boolean success, long nanos);

  /** A component was loaded. */
  void componentLoaded();

  /**
   * A component's initialisation ended; {@code failure} is "" or daprd's reason ({@code creation},
   * {@code init}).
   */
  void componentInit(String type, String name, String failure);

  /** An error was answered; counted when the Configuration says so. */
  void error(String errorCode);

  /** A call to another app was sent; {@code streaming} when it is not kept for a repetition. */
  void invokeSent(String calleeAppId, boolean streaming);

  /** A call of another app came in. */
  void invokeReceived(String callerAppId);

  /** A call of another app was answered: HTTP status, or gRPC code below 100. */
  void invokeAnswered(String callerAppId, int status);

  /** The answer to a call to another app came in. */
  void invokeAnswer(String calleeAppId, int status, boolean streaming, long nanos);

  /**
   * Access control decided on a call of another app.
   *
   * @param byPolicy false: the global action decided
   * @param trustDomain of the caller; "" when it is not proved, as are the others
   */
  void accessControl(
      boolean byPolicy, boolean allowed, String trustDomain, String namespace, String callerAppId);

  /** One call to the app over HTTP; path without query, sizes of bodies in bytes, 0 if unknown. */
  void appHttpCall(
      String method, String path, int status, long sentBytes, long receivedBytes, long nanos);

  /** One unary call to the app over gRPC. */
  void appGrpcCall(String fullMethod, int code, long sentBytes, long receivedBytes, long nanos);

  /** The app answered a health probe: HTTP status, or gRPC code. */
  void appProbe(boolean http, int status, long nanos);

  /** Counts what policies do. */
  PolicyMetrics resiliency();

  /** The page of the metrics port in Prometheus text format. */
  String scrape();

  /** Records nothing ({@code --enable-metrics=false} still serves an empty page). */
  InstanceMetrics NONE =
      new InstanceMetrics() {
        @Override
        public void httpServer(
            String method,
            String path,
            int status,
            long requestBytes,
            long responseBytes,
            long nanos) {}

        @Override
        public void grpcServer(
            String fullMethod, int code, long requestBytes, long responseBytes, long nanos) {}

        @Override
        public void component(
            String block, String component, String operation, boolean success, long nanos) {}

        @Override
        public void published(
            String component, String topic, boolean bulk, boolean success, long nanos) {}

        @Override
        public void pubsubIngress(String component, String topic, String status, long nanos) {}

        @Override
        public void pubsubBulkIngress(
            String component, String topic, Collection<String> statuses, long nanos) {}

        @Override
        public void inputBinding(String component, boolean success, long nanos) {}

        @Override
        public void componentLoaded() {}

        @Override
        public void componentInit(String type, String name, String failure) {}

        @Override
        public void error(String errorCode) {}

        @Override
        public void invokeSent(String calleeAppId, boolean streaming) {}

        @Override
        public void invokeReceived(String callerAppId) {}

        @Override
        public void invokeAnswered(String callerAppId, int status) {}

        @Override
        public void invokeAnswer(String calleeAppId, int status, boolean streaming, long nanos) {}

        @Override
        public void accessControl(
            boolean byPolicy,
            boolean allowed,
            String trustDomain,
            String namespace,
            String callerAppId) {}

        @Override
        public void appHttpCall(
            String method,
            String path,
            int status,
            long sentBytes,
            long receivedBytes,
            long nanos) {}

        @Override
        public void appGrpcCall(
            String fullMethod, int code, long sentBytes, long receivedBytes, long nanos) {}

        @Override
        public void appProbe(boolean http, int status, long nanos) {}

        @Override
        public PolicyMetrics resiliency() {
          return PolicyMetrics.NONE;
        }

        @Override
        public String scrape() {
          return "";
        }
      };
}
