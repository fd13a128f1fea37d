package io.jitney.daemon.cli;

import io.jitney.tenancy.admission.Quota;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code jitney daemon} runs with. A port of 0 means "pick one and print it"; -1 means no such
 * listener.
 *
 * @param httpAddresses hosts of the node listener's HTTP API
 * @param grpcAddresses hosts of the node listener's gRPC API
 * @param adminAddress host of the admin port
 * @param apps apps file or folder; null: apps come from launchers alone
 * @param policies file or folder of policies; null: none besides those among the apps
 * @param resources folder for declared apps that name none; null: they have none
 * @param defaultQuota of each tenant that has none of its own
 * @param eventLoops 0: one for each core
 * @param readBufferSize bytes; limit of the headers on the node listener, as daprd's flag
 * @param isolated whether apps are kept from each other's way where something is contended
 * @param memoryBudget bytes that all calls may hold together; 0: by the heap
 */
record DaemonOptions(
    List<String> httpAddresses,
    int httpPort,
    List<String> grpcAddresses,
    int grpcPort,
    String adminAddress,
    int adminPort,
    @Nullable Path apps,
    @Nullable Path policies,
    @Nullable Path resources,
    Quota defaultQuota,
    int eventLoops,
    int readBufferSize,
    boolean isolated,
    long memoryBudget) {}
