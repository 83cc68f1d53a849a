//! Plain wasmtime, as a careful embedder would use it: pooled, pre-linked, epochs and limits on.

use wasmtime::component::{Component, HasSelf, Linker, ResourceTable};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

wasmtime::component::bindgen!({
    path: "../wit",
    inline: "
        package bench:bindings;
        world raw {
            import qianfan:plugin/knowledge@0.1.0;
            import qianfan:plugin/state@0.1.0;
            import qianfan:plugin/log@0.1.0;
            export qianfan:plugin/describe@0.1.0;
            export qianfan:plugin/contribute@0.1.0;
        }
    ",
    world: "bench:bindings/raw",
    exports: { default: async },
});

use qianfan::plugin::{knowledge, log, state, types};

struct Data {
    table: ResourceTable,
    wasi: WasiCtx,
}

impl WasiView for Data {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl types::Host for Data {}

impl knowledge::Host for Data {
    fn search(&mut self, _: knowledge::Query) -> Result<knowledge::Results, knowledge::Error> {
        Err(knowledge::Error::Unavailable(String::new()))
    }
}

impl state::Host for Data {
    fn get(&mut self, _: String) -> Result<Option<Vec<u8>>, state::Error> {
        Ok(None)
    }
    fn set(&mut self, _: String, _: Vec<u8>) -> Result<(), state::Error> {
        Ok(())
    }
    fn remove(&mut self, _: String) -> Result<(), state::Error> {
        Ok(())
    }
}

impl log::Host for Data {
    fn write(&mut self, _: log::Level, _: String) {}
}

pub(super) struct Bare {
    engine: Engine,
    pre: RawPre<Data>,
}

impl Bare {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let mut config = Config::new();
        config.epoch_interruption(true);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(PoolingAllocationConfig::default()));
        let engine = Engine::new(&config).unwrap();
        let mut linker = Linker::<Data>::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
        knowledge::add_to_linker::<_, HasSelf<Data>>(&mut linker, |data| data).unwrap();
        state::add_to_linker::<_, HasSelf<Data>>(&mut linker, |data| data).unwrap();
        log::add_to_linker::<_, HasSelf<Data>>(&mut linker, |data| data).unwrap();
        let component = Component::from_binary(&engine, bytes).unwrap();
        // HTTP is imported and not called.
        linker.define_unknown_imports_as_traps(&component).unwrap();
        let pre = RawPre::new(linker.instantiate_pre(&component).unwrap()).unwrap();
        Self { engine, pre }
    }

    pub(super) async fn call(&self, question: &str, config: &String) {
        let data = Data { table: ResourceTable::new(), wasi: WasiCtx::builder().build() };
        let mut store = Store::new(&self.engine, data);
        store.set_epoch_deadline(1000);
        let instance = self.pre.instantiate_async(&mut store).await.unwrap();
        let turn = types::Turn {
            id: "t".into(),
            app: "a".into(),
            question: question.into(),
            search_text: question.into(),
            history: Vec::new(),
            variables: Vec::new(),
            arguments: None,
        };
        let said = instance.qianfan_plugin_contribute().call_contribute(&mut store, &turn, config).await;
        assert!(said.unwrap().is_ok());
    }
}
