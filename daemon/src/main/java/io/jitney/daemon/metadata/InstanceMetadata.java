package io.jitney.daemon.metadata;

import io.jitney.daemon.instance.ComponentSet;
import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.subscription.TopicSubscription;
import java.util.List;
import java.util.SortedMap;

/**
 * What the metadata API shows of an instance.
 *
 * @param extended {@code daprRuntimeVersion} and what the app added, by name
 * @param resiliencies names of Resiliency resources
 * @param app settings of the app; null without an app port
 * @param appStatus {@code runtimeStatus} of the actor runtime
 * @param placement "" when daprd leaves it out
 */
record InstanceMetadata(
    String id,
    List<String> features,
    List<ComponentSet.Loaded> components,
    SortedMap<String, String> extended,
    List<TopicSubscription> subscriptions,
    List<String> httpEndpoints,
    List<String> resiliencies,
    InstanceSettings.@org.jspecify.annotations.Nullable AppEndpoint app,
    String appStatus,
    String placement) {}
