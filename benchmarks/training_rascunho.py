import gradiente, time, keras, numpy as np, warnings
from gradiente import training
from gradiente.claims import set_seeds
from gradiente.datasets import load_higgs
d=load_higgs(11000); X=d.x if hasattr(d,'x') else d.features; Y=(d.y if hasattr(d,'y') else d.labels).reshape(-1,1).astype('float32')
xv,yv,x,y=X[:1000],Y[:1000],X[1000:],Y[1000:]
def net(w,n,drop=0):
    set_seeds()
    L=[]
    for _ in range(n): L+= [keras.layers.Dense(w,'elu',kernel_regularizer=keras.regularizers.L2(1e-4) if drop else None)]+([keras.layers.Dropout(drop)] if drop else [])
    m=keras.Sequential([keras.Input((28,)),*L,keras.layers.Dense(1)])
    m.compile(keras.optimizers.Adam(keras.optimizers.schedules.InverseTimeDecay(1e-3,20000,1)),keras.losses.BinaryCrossentropy(from_logits=True),metrics=[keras.metrics.BinaryCrossentropy(from_logits=True,name='bce'),keras.metrics.BinaryAccuracy(threshold=0.)])
    return m
for w,n,dr,E in ((16,1,0,40),(64,3,0,40),(512,4,0,4),(64,3,.5,20)):
    a,b=net(w,n,dr),net(w,n,dr)
    t=time.time(); h1=a.fit(x,y,batch_size=500,epochs=3,shuffle=False,validation_data=(xv,yv),verbose=0); 
    t=time.time(); a.fit(x,y,batch_size=500,epochs=E,shuffle=False,validation_data=(xv,yv),verbose=0); t1=(time.time()-t)/E
    t=time.time(); h2=training.fit(b,x,y,batch_size=500,epochs=3,shuffle=False,validation_data=(xv,yv),verbose=0); tc=time.time()-t
    t=time.time(); training.fit(b,x,y,batch_size=500,epochs=E,shuffle=False,validation_data=(xv,yv),verbose=0); t2=time.time()-t
    print(w,n,dr,'fit ms',t1*1e3,'motor ms (com compilação)',t2/E*1e3,'3 épocas+compil',tc)
    print({k:np.max(np.abs(np.array(h1.history[k])-np.array(h2.history[k]))) for k in h1.history})
print("---- regime")
import gradiente.training as T
for w,n,dr in ((16,1,0),(16,2,0),(64,3,0),(512,4,0),(512,4,.5)):
    b=net(w,n,dr); n0=len(x)
    arr=T._checked(x,y,(xv,yv)); T._prepare(b,arr,500); o=T._Order(n0,500,None,True); c=T._CompiledEpochs(b,arr,o,1000)
    t=time.time(); c.compile(); tc=time.time()-t
    k=30 if w<512 else 4
    c.run(2); t=time.time(); c.run(k); print(w,n,dr,'compila',round(tc,2),'ms/época',round((time.time()-t)/k*1e3,1))
