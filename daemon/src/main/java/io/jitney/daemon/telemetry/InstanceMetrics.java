package io.jitney.daemon.telemetry;

/** The metrics of one instance under daprd's names. Recording is cheap and safe from any thread. */
public interface InstanceMetrics {
  /** One call of the HTTP API: sizes in bytes, duration in nanoseconds. */
  void httpServer(String method, String path, int status, long requestBytes, long responseBytes, long nanos);

  /** One call of the gRPC API. */
  void grpcServer(String fullMethod, int code, long requestBytes, long responseBytes, long nanos);

  /** One call into a component of a building block ({@code state}, {@code secret}), operation as daprd labels it. */
  void component(String block, String component, String operation, boolean success, long nanos);

  /** A component was loaded. */
  void componentLoaded();

  /** A component's initialisation ended; {@code failure} is "" or daprd's reason ({@code creation}, {@code init}). */
  void componentInit(String type, String name, String failure);

  /** An error was answered; counted when the Configuration says so. */
  void error(String errorCode);

  /** The page of the metrics port in Prometheus text format. */
  String scrape();

  /** Records nothing ({@code --enable-metrics=false} still serves an empty page). */
  InstanceMetrics NONE =
      new InstanceMetrics() {
        @Override
        public void httpServer(
            String method, String path, int status, long requestBytes, long responseBytes, long nanos) {}

        @Override
        public void grpcServer(
            String fullMethod, int code, long requestBytes, long responseBytes, long nanos) {}

        @Override
        public void component(
            String block, String component, String operation, boolean success, long nanos) {}

        @Override
        public void componentLoaded() {}

        @Override
        public void componentInit(String type, String name, String failure) {}

        @Override
        public void error(String errorCode) {}

        @Override
        public String scrape() {
          return "";
        }
      };
}
