# The layers are kept by links, and this keeps the links: configuring fails where a library links what its layer may
# not know. tools/check_layers.py holds #includes to the same rules.

# What each library may link: the project's targets and, of the heavy libraries, those named. All else is guarded.
set(MASH_LAYER_core mash_messages)
set(MASH_LAYER_merkle mash_messages mash_core)
set(MASH_LAYER_policy mash_messages mash_core)
set(MASH_LAYER_vault mash_messages mash_core mash_rocksdb RocksDB::)
set(MASH_LAYER_log mash_messages mash_core mash_merkle mash_policy mash_vault mash_rocksdb RocksDB::)
set(MASH_LAYER_feed mash_messages mash_core mash_log)
set(MASH_LAYER_feed_kafka mash_messages mash_core mash_merkle mash_log mash_feed PkgConfig::rdkafka)
set(MASH_LAYER_host mash_messages mash_core mash_merkle mash_policy mash_vault mash_log mash_stubs gRPC::)
set(MASH_LAYER_cases mash_messages mash_core)
set(MASH_LAYER_cases_log mash_messages mash_core mash_cases mash_log mash_feed mash_host)
set(MASH_LAYER_clocks mash_messages mash_core mash_policy)
set(MASH_LAYER_clocks_log mash_messages mash_core mash_policy mash_clocks mash_log mash_host)
set(MASH_LAYER_node mash_messages mash_core mash_merkle mash_policy mash_vault mash_log mash_feed mash_feed_kafka mash_host
  mash_cases mash_cases_log mash_clocks mash_clocks_log mash_stubs gRPC::)

# Only a library whose layer names them may link these.
set(MASH_GUARDED "^(mash_|RocksDB::|gRPC::|CURL::|PkgConfig::rdkafka|rdkafka)")

function(mash_check_layers)
  foreach(layer core merkle policy vault log feed feed_kafka host cases cases_log clocks clocks_log node)
    if(TARGET mash_${layer})
      get_target_property(links mash_${layer} LINK_LIBRARIES)
      list(REMOVE_ITEM links mash_options)
      foreach(link IN LISTS links)
        string(REGEX MATCH "^[A-Za-z]+::" family "${link}")
        if(link MATCHES "${MASH_GUARDED}" AND NOT link IN_LIST MASH_LAYER_${layer}
           AND NOT family IN_LIST MASH_LAYER_${layer})
          message(FATAL_ERROR "mash_${layer} may not link ${link}; it may link: ${MASH_LAYER_${layer}}")
        endif()
      endforeach()
    endif()
  endforeach()
endfunction()
