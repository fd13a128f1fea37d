package io.jitney.tenancy;

import io.jitney.tenancy.admission.AdmissionCounts;

/**
 * What a tenant has used since it came to this node; a snapshot for metrics and status.
 *
 * @param calls what admission decided
 * @param instances instances open now
 * @param instancesOpened instances opened so far
 */
public record Usage(AdmissionCounts calls, int instances, long instancesOpened) {}
