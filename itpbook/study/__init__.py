"""From records to answers: outcomes of each patient, statistics, subgroups, curves of reconstructions."""
