//! Version 0.1 of the plugin interface: its bindings, and where a component's exports are.

use wasmtime::component::InstancePre;

use super::{ComponentRole, RawDescription};
use crate::plugin::loaded::guest::LiveInstance;

use generated::exports::qianfan::plugin::{contribute, describe, format};

/// What wasmtime makes of `wit/`.
pub(in crate::plugin) mod generated {
    wasmtime::component::bindgen!({
        path: "../wit",
        // One world with everything gives both roles the same types.
        inline: "
            package host:bindings;
            world everything {
                import qianfan:plugin/knowledge@0.1.0;
                import qianfan:plugin/state@0.1.0;
                import qianfan:plugin/log@0.1.0;
                export qianfan:plugin/describe@0.1.0;
                export qianfan:plugin/contribute@0.1.0;
                export qianfan:plugin/format@0.1.0;
            }
        ",
        world: "host:bindings/everything",
        imports: {
            "qianfan:plugin/log": trappable,
            default: async | trappable,
        },
        exports: { default: async },
    });
}

/// Where a component's exports are.
pub(in crate::plugin) struct Exports {
    describe: describe::GuestIndices,
    pub(in crate::plugin) work: RoleExport,
}

/// The export that a component of its role has.
pub(in crate::plugin) enum RoleExport {
    Contribute(contribute::GuestIndices),
    Format(format::GuestIndices),
}

impl Exports {
    pub(super) fn new<C: 'static>(pre: &InstancePre<C>, role: ComponentRole) -> wasmtime::Result<Self> {
        Ok(Self {
            describe: describe::GuestIndices::new(pre)?,
            work: match role {
                ComponentRole::Contributor => RoleExport::Contribute(contribute::GuestIndices::new(pre)?),
                ComponentRole::Formatter => RoleExport::Format(format::GuestIndices::new(pre)?),
            },
        })
    }

    /// Loading a function is where its type is compared.
    pub(super) fn check<C: Send + 'static>(&self, guest: &mut LiveInstance<'_, C>) -> wasmtime::Result<()> {
        self.describe.load(&mut guest.store, &guest.instance)?;
        match &self.work {
            RoleExport::Contribute(indices) => indices.load(&mut guest.store, &guest.instance).map(drop),
            RoleExport::Format(indices) => indices.load(&mut guest.store, &guest.instance).map(drop),
        }
    }

    pub(super) async fn describe<C: Send + 'static>(
        &self,
        guest: &mut LiveInstance<'_, C>,
    ) -> wasmtime::Result<RawDescription> {
        let exports = self.describe.load(&mut guest.store, &guest.instance)?;
        let raw = exports.call_describe(&mut guest.store).await?;
        Ok(RawDescription {
            name: raw.name,
            version: raw.version,
            summary: raw.summary,
            model_summary: raw.model_summary,
            config_schema: raw.config_schema,
            arguments_schema: raw.arguments_schema,
        })
    }
}
